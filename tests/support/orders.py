"""An order in any state, in one call: made by the product's own steps, with real payments, so that the books are right.

paid = await order(shop, "to_ship")
left = await order(shop, "refunded", "group")
"""

from dataclasses import dataclass, field
from itertools import count
from typing import Literal

from tests.support.shop import Buyer, Shop

State = Literal["pending_payment", "grouping", "to_ship", "shipped", "completed", "cancelled", "refunding", "refunded"]
Kind = Literal["solo", "group", "ladder"]
SIZES: dict[Kind, list[int]] = {"solo": [], "group": [2], "ladder": [2, 3]}
PRICES: dict[Kind, list[int]] = {"solo": [], "group": [8000], "ladder": [8000, 7000]}
NEVER: set[tuple[Kind, State]] = {("solo", "grouping"), ("solo", "refunding"), ("solo", "refunded")}
"""A group is what is waited for, and who leaves one gets the money back; alone neither is there."""
_people = count(700_000)


@dataclass(frozen=True)
class Made:
    """The order `id` of `buyer`; `others` are those who filled its group, with their orders."""

    buyer: Buyer
    id: str
    group_id: str | None = None
    others: list[tuple[Buyer, str]] = field(default_factory=list)


async def order(shop: Shop, state: State, kind: Kind = "solo", *, buyer: Buyer | None = None) -> Made:
    """In a group it is the initiator's: of two, or of a ladder that is full at three."""
    if (kind, state) in NEVER:
        raise ValueError(f"no {kind} order is ever {state}")
    buyer = buyer or await shop.shopper(next(_people))
    placed = await (buyer.order("solo") if kind == "solo" else buyer.open(await _campaign(shop, kind)))
    made = Made(buyer, placed["id"], placed["group_id"])
    match state:
        case "pending_payment":
            return made
        case "cancelled":
            await _cancel(made)
            return made
    await buyer.pay(made.id)
    match state:
        case "grouping":
            return made
        case "refunding" | "refunded":
            await _cancel(made)
            if state == "refunded":
                await shop.world.settle()
            return made
    if made.group_id:
        made.others.extend([await _join(shop, made.group_id) for _ in range(SIZES[kind][-1] - 1)])
    if state != "to_ship":
        await _ship(shop, made)
    if state == "completed":
        answer = await buyer.person.post(f"/api/v1/trade/orders/{made.id}/confirm-receipt")
        assert answer.status_code < 300, answer.text
    return made


async def _campaign(shop: Shop, kind: Kind) -> dict[str, object]:
    """The one that runs already, if there is one."""
    running = (await shop.merchant.get("/api/v1/trade/console/campaigns")).json()["items"]
    return dict(running[0]) if running else await shop.campaign(SIZES[kind], PRICES[kind])


async def _join(shop: Shop, group_id: str) -> tuple[Buyer, str]:
    friend = await shop.shopper(next(_people))
    joined = await friend.join(group_id)
    await friend.pay(joined["id"])
    return friend, str(joined["id"])


async def _cancel(made: Made) -> None:
    answer = await made.buyer.person.post(f"/api/v1/trade/orders/{made.id}/cancel")
    assert answer.status_code < 300, answer.text


async def _ship(shop: Shop, made: Made) -> None:
    parcel = {"carrier_code": "SF", "tracking_no": f"SF{next(_people):013d}"}
    answer = await shop.merchant.post(f"/api/v1/fulfilment/console/orders/{made.id}/ship", parcel)
    assert answer.status_code == 201, answer.text
    await shop.world.settle()
