"""What can go wrong with flash sales, holds, and the tickets by which people take turns, by name."""

from datetime import datetime

from chengtuan.kernel.problems import Problem


class FlashSaleNotFound(Problem):
    code = "trade/flash-sale-not-found"
    status = 404
    title = "There is no such flash sale"


class FlashSaleNotStarted(Problem):
    code = "trade/flash-sale-not-started"
    status = 409
    title = "The flash sale has not started"
    members = {"starts_at": datetime}


class FlashSaleEnded(Problem):
    code = "trade/flash-sale-ended"
    status = 409
    title = "The flash sale is over"


class FlashSoldOut(Problem):
    """`available`: what can be had of the variant at this moment; more may come back while the sale runs."""

    code = "trade/flash-sold-out"
    status = 409
    title = "Not enough is left in this flash sale"
    members = {"available": int}


class FlashLimit(Problem):
    code = "trade/flash-limit"
    status = 409
    title = "That is more than one person may have in this flash sale"
    members = {"limit": int, "had": int}


class FlashDeviceLimit(Problem):
    """`limit` people."""

    code = "trade/flash-device-limit"
    status = 409
    title = "Other people have bought in this flash sale from this device"
    members = {"limit": int}


class FlashBusy(Problem):
    """Nobody else may wait at this moment; the same request may be sent again after that time."""

    code = "trade/flash-busy"
    status = 429
    title = "Too many people want something of this flash sale at once; try again in a moment"
    members = {"retry_after_s": int}


class HoldNotFound(Problem):
    code = "trade/hold-not-found"
    status = 404
    title = "There is no such hold"


class FlashOverlaps(Problem):
    code = "trade/flash-overlaps"
    status = 409
    title = "The product has another flash sale in that time"
    members = {"flash_sale_id": str}


class BadFlashTimes(Problem):
    code = "trade/bad-flash-times"
    status = 422
    title = "The flash sale's times do not fit together"
    members = {"reason": str}


class BadFlashPrice(Problem):
    code = "trade/bad-flash-price"
    status = 422
    title = "A flash price has to be below what one piece costs alone"
    members = {"sku_id": str, "price_alone_fen": int}


class AllotmentTooLarge(Problem):
    code = "trade/allotment-too-large"
    status = 409
    title = "There are not so many free units to set aside"
    members = {"sku_id": str, "available": int}


class TicketInvalid(Problem):
    """`reason`: `malformed`; `not_for_this` sale, person and Idempotency-Key; `over`. Another ticket helps."""

    code = "trade/ticket-invalid"
    status = 409
    title = "This ticket is not good here, or not any more"
    members = {"reason": str}


class TicketEarly(Problem):
    """`wait_s` to the millisecond and `retry_after_s` in whole seconds, from this answer on."""

    code = "trade/ticket-early"
    status = 429
    title = "It is not your turn yet"
    members = {"wait_s": float, "retry_after_s": int}


class WorkMissing(Problem):
    """Of SHA-256 of `ticket:proof`, `bits` have to be zero at the beginning."""

    code = "trade/work-missing"
    status = 428
    title = "This device has to work for its turn first"
    members = {"bits": int}
