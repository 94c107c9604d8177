"""What happened in the demo shop: groups that formed, failed and are still open, parcels on their way.

Every step goes through the product's own API at the time it is said to have happened, so that
orders, stock, refunds and the ledger are what they would be in a real shop.
"""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from chengtuan.apps.demo.shelves import Goods
from chengtuan.apps.demo.staff import login_of, sign_in_staff
from chengtuan.apps.demo.stage import Actor, Stage

HISTORY = timedelta(days=12)
"""How long before now the story begins."""
_DAY = 24.0
_SITTING = timedelta(hours=1)
"""How long a member of staff sits at the console; far less than an idle session lasts."""

Step = Callable[[], Awaitable[None]]


@dataclass
class Story:
    """Steps in the order of their times; `hours` are hours before now."""

    stage: Stage
    people: list[Actor]
    goods: dict[str, Goods]
    now: datetime
    chance: random.Random = field(default_factory=lambda: random.Random(2026))  # noqa: S311  (the same story every time)
    steps: list[tuple[float, Step]] = field(default_factory=list)
    bought: dict[str, set[int]] = field(default_factory=dict)
    signed_in: dict[str, tuple[datetime, Actor]] = field(default_factory=dict)

    def at(self, hours_ago: float, step: Step) -> None:
        self.steps.append((hours_ago, step))

    async def play(self, progress: Callable[[int, int], None]) -> None:
        """Live through all steps, then up to now."""
        ordered = sorted(self.steps, key=lambda item: -item[0])
        for number, (hours_ago, step) in enumerate(ordered, 1):
            await self.stage.move_to(self.now - timedelta(hours=hours_ago))
            await step()
            progress(number, len(ordered))
        await self.stage.move_to(self.now)

    def crowd(self, goods: Goods, count: int) -> list[Actor]:
        """Up to `count` different people whom the goods can be sent to and who have not bought them yet."""
        regions = goods.campaign["regions"] if goods.campaign else None
        before = self.bought.setdefault(goods.key, set())
        able = [
            number
            for number, person in enumerate(self.people)
            if number not in before and (regions is None or person.province_code in regions)
        ]
        chosen = self.chance.sample(able, min(count, len(able)))
        before.update(chosen)
        return [self.people[number] for number in chosen]

    async def pay(self, who: Actor, order_id: str) -> None:
        hand_over = await who.call("POST", f"/trade/orders/{order_id}/pay", {"channel": "wechat_h5"})
        prepay_id = httpx.URL(hand_over["redirect_url"]).path.rpartition("/")[2]
        (await self.stage.partner.post("/desk/api/pay", json={"prepay_id": prepay_id})).raise_for_status()

    async def order(self, who: Actor, mode: str, goods: Goods, **wish: Any) -> dict[str, Any]:
        body = {"mode": mode, "sku_id": goods.sku_ids[0], "quantity": 1, "address_id": who.address_id} | wish
        answer: dict[str, Any] = await who.call("POST", "/trade/orders", body)
        return answer

    async def group(self, goods: Goods, people: int) -> tuple[str, list[tuple[Actor, str]]]:
        """Open a group and let `people` pay: its id, and everybody's order."""
        assert goods.campaign is not None
        first, *others = self.crowd(goods, people)
        opened = await self.order(first, "open", goods, campaign_id=goods.campaign["id"])
        await self.pay(first, opened["id"])
        await self.stage.settle()
        members = [(first, opened["id"])]
        for other in others:
            joined = await self.order(other, "join", goods, group_id=opened["group_id"])
            await self.pay(other, joined["id"])
            members.append((other, joined["id"]))
        await self.stage.settle()
        return opened["group_id"], members

    async def owner(self, goods: Goods) -> Actor:
        """The goods' merchant, signed in a while ago at most.

        By age, not by calendar day: one who signed in at one in the morning is signed out by the
        evening, and whether a story has such a day depends on the hour at which it is told.
        """
        since, owner = self.signed_in.get(goods.merchant, (None, None))
        now = self.stage.clock.now()
        if owner is None or since is None or now - since > _SITTING:
            owner = await sign_in_staff(self.stage, login_of(goods.merchant))
            self.signed_in[goods.merchant] = now, owner
        return owner

    async def ship(self, goods: Goods, order_id: str) -> None:
        number = f"SF{self.chance.randrange(10**12, 10**13)}"
        owner = await self.owner(goods)
        parcel = {"carrier_code": "SF", "tracking_no": number}
        await owner.call("POST", f"/fulfilment/console/orders/{order_id}/ship", parcel)
        await self.stage.settle()

    async def track(self, goods: Goods, order_id: str, code: str, text: str) -> None:
        event = {"code": code, "text": text}
        owner = await self.owner(goods)
        (parcel,) = (await owner.call("GET", f"/fulfilment/console/orders/{order_id}/parcels"))["items"]
        await owner.call("POST", f"/fulfilment/console/parcels/{parcel['id']}/events", event)


def tell(story: Story) -> None:
    """Write the story down, from the oldest chapter to the newest."""
    # in a town of two dozen people nobody stays new to a merchant for long
    promoted = [goods for goods in story.goods.values() if goods.campaign and not goods.campaign["newcomers_only"]]
    story.chance.shuffle(promoted)
    shelf = iter(promoted)
    for hours_ago in (11 * _DAY, 10 * _DAY, 8.5 * _DAY, 7 * _DAY):
        _formed(story, next(shelf), hours_ago, chapter="completed")
    for hours_ago in (4 * _DAY, 3 * _DAY, 2.4 * _DAY):
        _formed(story, next(shelf), hours_ago, chapter="shipped")
    for hours_ago in (20, 11, 5, 3):
        _formed(story, next(shelf), hours_ago, chapter="to_ship")
    ladders = [goods for goods in promoted if goods.campaign and goods.campaign["kind"] == "ladder"]
    _formed(story, ladders[0], 30, chapter="to_ship")
    _ladder_to_the_top(story, ladders[1], 26)
    for goods in (next(shelf), next(shelf), ladders[2]):
        _one_short_and_over(story, goods)
    _left_alone(story, ladders[3])
    for number in range(18):
        _still_open(story, next(shelf), number)
    _bought_alone(story)
    _unpaid(story, promoted[-1])


def _size(goods: Goods) -> int:
    assert goods.campaign is not None
    return int(goods.campaign["tiers"][0]["people"])


def _formed(story: Story, goods: Goods, hours_ago: float, *, chapter: str) -> None:
    members: list[tuple[Actor, str]] = []

    async def fill() -> None:
        _, filled = await story.group(goods, min(_size(goods), 6) if _is_fixed(goods) else _size(goods))
        members.extend(filled)

    async def ship() -> None:
        for _, order_id in members:
            await story.ship(goods, order_id)
            await story.track(goods, order_id, "in_transit", "已到達分揀中心")

    async def receive() -> None:
        for who, order_id in members:
            await story.track(goods, order_id, "delivered", "門口當面簽收")
            await who.call("POST", f"/trade/orders/{order_id}/confirm-receipt")

    story.at(hours_ago, fill)
    # a ladder that did not reach its top closes at its deadline, and is shipped after it
    ready = hours_ago - (0 if _is_fixed(goods) else goods.group_hours)
    if chapter in ("shipped", "completed") and ready > 20:
        story.at(ready - 16, ship)
    if chapter == "completed" and ready > 90:
        story.at(ready - 72, receive)


def _is_fixed(goods: Goods) -> bool:
    return goods.campaign is not None and goods.campaign["kind"] == "fixed" and _size(goods) <= 6


def _ladder_to_the_top(story: Story, goods: Goods, hours_ago: float) -> None:
    """Five at the second tier: the difference went back to each."""

    async def fill() -> None:
        assert goods.campaign is not None
        await story.group(goods, goods.campaign["tiers"][-1]["people"])

    story.at(hours_ago, fill)


def _one_short_and_over(story: Story, goods: Goods) -> None:
    """Nobody came for the last seat; everybody has their money back."""

    async def fill() -> None:
        await story.group(goods, _size(goods) - 1)

    story.at(goods.group_hours + story.chance.uniform(6, 40), fill)


def _left_alone(story: Story, goods: Goods) -> None:
    """The initiator changed their mind; a friend inherited the group."""

    async def fill_and_leave() -> None:
        _, members = await story.group(goods, 2)
        who, order_id = members[0]
        await who.call("POST", f"/trade/orders/{order_id}/cancel")

    story.at(2.5, fill_and_leave)


def _still_open(story: Story, goods: Goods, number: int) -> None:
    """Every second one misses a single person."""

    async def fill() -> None:
        size = _size(goods)
        people = size - 1 if number % 2 == 0 else max(1, size // 2)
        await story.group(goods, min(people, 9))

    story.at(story.chance.uniform(0.2, min(goods.group_hours * 0.8, 20)), fill)


def _bought_alone(story: Story) -> None:
    alone = [goods for goods in story.goods.values() if goods.campaign is None]
    for number, goods in enumerate(story.chance.sample(alone, 8)):
        _buy_one(story, goods, hours_ago=2 + number * 9, ship=number % 2 == 1)


def _buy_one(story: Story, goods: Goods, *, hours_ago: float, ship: bool) -> None:
    bought: list[str] = []

    async def buy() -> None:
        (who,) = story.crowd(goods, 1)
        order = await story.order(who, "solo", goods, quantity=story.chance.choice([1, 1, 2]))
        await story.pay(who, order["id"])
        bought.append(order["id"])

    async def send() -> None:
        await story.ship(goods, bought[0])

    story.at(hours_ago, buy)
    if ship and hours_ago > 6:
        story.at(hours_ago - 5, send)


def _unpaid(story: Story, goods: Goods) -> None:
    """One order waits for its payment, one was given up."""

    async def wait() -> None:
        assert goods.campaign is not None
        await story.order(story.people[0], "open", goods, campaign_id=goods.campaign["id"])

    async def cancel() -> None:
        order = await story.order(story.people[1], "solo", goods)
        await story.people[1].call("POST", f"/trade/orders/{order['id']}/cancel")

    story.at(0.01, wait)
    story.at(6, cancel)
