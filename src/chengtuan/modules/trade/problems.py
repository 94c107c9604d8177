"""What can go wrong in trade, by name."""

from datetime import datetime

from chengtuan.kernel.problems import Problem
from chengtuan.modules.trade.limits import MAX_QUANTITY


class GroupNotFound(Problem):
    code = "trade/group-not-found"
    status = 404
    title = "There is no such group"


class GroupFull(Problem):
    code = "trade/group-full"
    status = 409
    title = "The group is full"


class GroupEnded(Problem):
    code = "trade/group-ended"
    status = 409
    title = "The group has ended"


class AlreadyInGroup(Problem):
    code = "trade/already-in-group"
    status = 409
    title = "You have a seat in this group already"


class OwnGroup(Problem):
    code = "trade/own-group"
    status = 409
    title = "This is your own group"


class CampaignNotFound(Problem):
    code = "trade/campaign-not-found"
    status = 404
    title = "There is no such campaign"


class CampaignEnded(Problem):
    code = "trade/campaign-ended"
    status = 409
    title = "The campaign is not running"


class CampaignOverlaps(Problem):
    code = "trade/campaign-overlaps"
    status = 409
    title = "The product has another campaign in that time"
    members = {"campaign_id": str}


class BadCampaignTimes(Problem):
    code = "trade/bad-campaign-times"
    status = 422
    title = "The campaign's times do not fit together"
    members = {"reason": str}


class UnknownProvince(Problem):
    code = "trade/unknown-province"
    status = 422
    title = "A region of this campaign is no province of GB/T 2260"
    members = {"province_code": str}


class BadTiers(Problem):
    code = "trade/bad-tiers"
    status = 422
    title = "The campaign's tiers do not fit together"
    members = {"reason": str}


class SkuNotFound(Problem):
    """`sku_id` says which, where somebody asked for variants."""

    code = "trade/sku-not-found"
    status = 404
    title = "There is no such item on sale"


class SoldOut(Problem):
    code = "trade/sold-out"
    status = 409
    title = "Not enough left"
    members = {"available": int, "sku_id": str}


class CartLineNotFound(Problem):
    code = "trade/cart-line-not-found"
    status = 404
    title = "This item is not in the cart"


class CartLineChanged(Problem):
    code = "trade/cart-line-changed"
    status = 409
    title = "Somebody changed this item in the cart meanwhile"
    members = {"quantity": int, "version": int}


class CartFull(Problem):
    code = "trade/cart-full"
    status = 409
    title = "The cart has no room for another item"
    members = {"limit": int}


class NotInCart(Problem):
    code = "trade/not-in-cart"
    status = 409
    title = "What is to be bought from the cart is not in it any more"
    members = {"sku_id": str}


class SeveralMerchants(Problem):
    code = "trade/several-merchants"
    status = 422
    title = "An order is of one merchant; buy from each separately"
    members = {"sku_id": str}


class PurchaseLimit(Problem):
    code = "trade/purchase-limit"
    status = 409
    title = "That is more than one person may buy in this campaign"
    members = {"limit": int, "taken": int}


class TooManyUnpaidOrders(Problem):
    code = "trade/too-many-unpaid-orders"
    status = 409
    title = "Pay or cancel your open orders first"
    members = {"limit": int}


class TooManyDepartures(Problem):
    code = "trade/too-many-departures"
    status = 409
    title = "You gave up many orders lately; try again later"
    members = {"limit": int}


class NewcomersOnly(Problem):
    code = "trade/newcomers-only"
    status = 409
    title = "Only people who are new to this merchant may join this group"


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


class RefundNotFound(Problem):
    code = "trade/refund-not-found"
    status = 404
    title = "There is no such refund"


class RefundNotAbnormal(Problem):
    code = "trade/refund-not-abnormal"
    status = 409
    title = "This refund goes its way by itself"


class OrderTooLarge(Problem):
    code = "trade/order-too-large"
    status = 409
    title = "No order is as large as that; choose fewer"
    members = {"limit_fen": int}


class PriceChanged(Problem):
    code = "trade/price-changed"
    status = 409
    title = "The price is another one now"
    members = {"payable_fen": int}


class NotDeliverable(Problem):
    code = "trade/not-deliverable"
    status = 422
    title = "This is not delivered to that address"
    members = {"sku_id": str}


class DeliveryAddressNotFound(Problem):
    code = "trade/address-not-found"
    status = 404
    title = "You have no such address"


class BadQuantity(Problem):
    """`sku_id` says of which line, where there are several."""

    code = "trade/bad-quantity"
    status = 422
    title = f"The quantity must be a whole number from 1 to {MAX_QUANTITY}"


class IdempotencyConflict(Problem):
    code = "trade/idempotency-conflict"
    status = 409
    title = "This Idempotency-Key was used for another request"


class OrderNotPayable(Problem):
    code = "trade/order-not-payable"
    status = 409
    title = "This order can no longer be paid"


class NeedsWeChat(Problem):
    code = "trade/needs-wechat"
    status = 409
    title = "This way to pay needs a sign-in through WeChat"


class StockMoved(Problem):
    code = "trade/stock-moved"
    status = 409
    title = "The stock is not what it was when it was counted"
    members = {"expected": int, "on_hand": int, "reserved": int}


class StockTooLow(Problem):
    code = "trade/stock-too-low"
    status = 409
    title = "More than that is reserved by orders"
    members = {"reserved": int}


class FreightTemplateNotFound(Problem):
    code = "trade/freight-template-not-found"
    status = 404
    title = "There is no such freight template"


class FreightNameTaken(Problem):
    code = "trade/freight-name-taken"
    status = 409
    title = "Another freight template has this name"


class FreightChanged(Problem):
    code = "trade/freight-changed"
    status = 409
    title = "Somebody else changed the freight since it was read"
    members = {"version": int, "by": str, "at": str}


class FreightTemplateUsed(Problem):
    """`names` are those of the first products, by language; `products` is how many there are."""

    code = "trade/freight-template-used"
    status = 409
    title = "Products are sent by this template: choose first how they are sent from now on"
    members = {"products": int, "names": list}


class BadFreight(Problem):
    code = "trade/bad-freight"
    status = 422
    title = "The zones of this freight template do not fit together"
    members = {"reason": str}


class WeightMissing(Problem):
    code = "trade/weight-missing"
    status = 422
    title = "This is sent by weight, and nobody has said what this variant weighs"
    members = {"sku_id": str, "product_id": str}


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
