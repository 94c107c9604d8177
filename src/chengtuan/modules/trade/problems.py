"""What can go wrong in trade, by name; what only one package says is there (`flash/problems.py` and its like)."""

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
