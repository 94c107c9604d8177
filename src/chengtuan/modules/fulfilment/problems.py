from chengtuan.kernel.problems import Problem


class ParcelNotFound(Problem):
    code = "fulfilment/parcel-not-found"
    status = 404
    title = "There is no such parcel"


class NotShippable(Problem):
    code = "fulfilment/not-shippable"
    status = 409
    title = "The order cannot be shipped now, or all of it was shipped before"
    members = {"order_status": str}


class UnknownCarrier(Problem):
    code = "fulfilment/unknown-carrier"
    status = 422
    title = "There is no such carrier"


class BadTrackingNo(Problem):
    code = "fulfilment/bad-tracking-no"
    status = 422
    title = "This is no tracking number of that carrier"


class NumberInUse(Problem):
    code = "fulfilment/number-in-use"
    status = 409
    title = "Another order went with this number; say that they go together, or check it"
    members = {"order_numbers": list}


class NumberSent(Problem):
    code = "fulfilment/number-sent"
    status = 409
    title = "Another parcel of this order has this number, with other pieces or another carrier"


class CorrectedBefore(Problem):
    code = "fulfilment/corrected-before"
    status = 409
    title = "This number was reported and corrected once; WeChat takes no second correction"


class EventInFuture(Problem):
    code = "fulfilment/event-in-future"
    status = 422
    title = "What happens to a parcel is told once it has happened"


class EventBeforeOrder(Problem):
    code = "fulfilment/event-before-order"
    status = 422
    title = "Nothing happens to a parcel before its order is the merchant's to send"
