from chengtuan.kernel.problems import Problem


class OrderNotFound(Problem):
    code = "trade/order-not-found"
    status = 404
    title = "There is no such order"


class WrongOrderState(Problem):
    code = "trade/wrong-order-state"
    status = 409
    title = "The order has moved on; that is no longer possible"
    members = {"order_status": str}
