from chengtuan.kernel.problems import Problem


class OrderNotFound(Problem):
    code = "trade/order-not-found"
    status = 404
    title = "There is no such order"


class FewerPiecesLeft(Problem):
    code = "trade/fewer-pieces-left"
    status = 409
    title = "Fewer pieces of a line are left than the parcel would hold"
    members = {"line": int, "left": int}


class TooManyParcels(Problem):
    code = "trade/too-many-parcels"
    status = 409
    title = "The last parcel that an order may have has to hold everything that is left"
    members = {"most": int}


class PartlySent(Problem):
    code = "trade/partly-sent"
    status = 409
    title = "A parcel of this order is on its way, so it cannot be cancelled"
    members = {"sent": int, "pieces": int}


class WrongOrderState(Problem):
    code = "trade/wrong-order-state"
    status = 409
    title = "The order has moved on; that is no longer possible"
    members = {"order_status": str}
