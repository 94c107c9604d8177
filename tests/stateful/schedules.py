"""Random lives of a small campaign: whatever five people, a merchant, a provider and a bad machine do to it."""

from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from chengtuan.gateways.sandbox import FaultKind
from tests.stateful.chances import ANY, CHANNEL, CHANNELS, CUTS, DELAYS, FAULTS, PEOPLE, QUANTITY, SECONDS, WHO
from tests.stateful.playground import WAITS, Playground, later
from tests.stateful.terms import Terms, campaigns
from tests.support.flash import CONSOLE as FLASH_CONSOLE
from tests.support.flash import SALES, try_flash_sale, try_hold
from tests.support.shop import Buyer, Shop

ORDERS = "/api/v1/trade/orders"
CONSOLE = "/api/v1/trade/console"
ANSWERS = {200, 201, 404, 409, 429, 503}


class RuleBroken(AssertionError):
    """A rule of the domain does not hold; the message says which, with a row that breaks it."""


@dataclass
class Bought:
    """An order that was taken, and where its buyer was sent to pay, each time."""

    buyer: Buyer
    id: str
    group_id: str | None
    joined: bool = False
    prepaid: list[str] = field(default_factory=list)


class Schedules(RuleBasedStateMachine):
    """One schedule: the rules are what may happen next. `playground` and `flash` are set in a subclass."""

    playground: ClassVar[Playground]
    flash: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self.orders: list[Bought] = []
        self.groups: list[str] = []
        self.sales: list[str] = []
        if self.playground.dirty:
            self.playground.clear()
        self.playground.dirty = True

    @initialize(
        terms=campaigns(),
        quantity=QUANTITY,
        pays=st.sampled_from([True, True, False]),
        flash_units=st.sampled_from([0, 1, 2, 4]),
    )
    def a_campaign_begins(self, terms: Terms, quantity: int, pays: bool, flash_units: int) -> None:
        """And a flash sale of the same product, perhaps."""
        people = self.playground.take_people(PEOPLE)
        self.playground.prolong_the_shift()
        self.shop, self.campaign = self.playground.run(self._begin(terms))
        self.people = [Buyer(self.shop, buyer.person, buyer.address_id) for buyer in people]
        if flash_units and self.flash:
            self._announce(flash_units, 1, 7200)
        self._buy(self.people[0], "open", quantity, pays=pays, campaign_id=self.campaign["id"])

    async def _begin(self, terms: Terms) -> tuple[Shop, dict[str, Any]]:
        shop = await self.playground.new_product()
        await shop.set_stock(terms.stock)
        ends_at = (self.playground.clock.now() + later(terms.until_end_s)).isoformat()
        wanted = terms.changes | {"ends_at": ends_at}
        return shop, await shop.campaign(list(terms.people), list(terms.prices), **wanted)

    @rule(who=WHO, quantity=QUANTITY, pays=st.booleans())
    def somebody_opens_a_group(self, who: int, quantity: int, pays: bool) -> None:
        self._buy(self.people[who], "open", quantity, pays=pays, campaign_id=self.campaign["id"])

    @precondition(lambda self: self.groups)
    @rule(which=ANY)
    def the_next_friend_joins_and_pays(self, which: int) -> None:
        group_id = self._group(which)
        self._buy(self._guests(group_id)[0], "join", 1, pays=True, group_id=group_id)

    @precondition(lambda self: self.groups)
    @rule(who=WHO, which=ANY, quantity=QUANTITY, pays=st.booleans())
    def somebody_joins(self, who: int, which: int, quantity: int, pays: bool) -> None:
        group_id = self._group(which)
        self._buy(self._guests(group_id)[who], "join", quantity, pays=pays, group_id=group_id)

    @precondition(lambda self: any(order.joined for order in self.orders))
    @rule(which=ANY, pays=st.booleans())
    def somebody_joins_again(self, which: int, pays: bool) -> None:
        """Who has a seat in a group, or had one, asks for another in the same."""
        joined = [order for order in self.orders if order.joined]
        before = joined[-1 - which % len(joined)]
        self._buy(before.buyer, "join", 1, pays=pays, group_id=before.group_id)

    @rule(who=WHO, quantity=QUANTITY, pays=st.booleans())
    def somebody_buys_alone(self, who: int, quantity: int, pays: bool) -> None:
        self._buy(self.people[who], "solo", quantity, pays=pays)

    @precondition(lambda self: self.orders)
    @rule(which=ANY, channel=CHANNEL, pays=st.booleans())
    def somebody_goes_to_pay(self, which: int, channel: str, pays: bool) -> None:
        order = self._order(which)
        self._do(self._go_to_pay(order, channel))
        if pays and order.prepaid:
            self._do(self._pay_at(order.prepaid[-1]))

    @precondition(lambda self: self.orders)
    @rule(which=ANY, twice=st.booleans(), seconds=DELAYS)
    def somebody_pays_twice_or_late(self, which: int, twice: bool, seconds: float) -> None:
        """Through both channels; or with a password typed so slowly that the money comes much later."""
        order = self._order(which)
        for channel in CHANNELS if twice else CHANNELS[:1]:
            self._do(self._go_to_pay(order, channel))
        if not twice:
            self.playground.sandbox.faults.arm(FaultKind.PAY_LATE, seconds=seconds)
        for prepay_id in order.prepaid[-2:]:
            self._do(self._pay_at(prepay_id))

    @precondition(lambda self: any(order.prepaid for order in self.orders))
    @rule(which=ANY, where=ANY)
    def somebody_pays_where_they_were_sent(self, which: int, where: int) -> None:
        """Perhaps long after the order was given up: the cashier's page stays open."""
        sent = [order for order in self.orders if order.prepaid]
        prepaid = sent[which % len(sent)].prepaid
        self._do(self._pay_at(prepaid[where % len(prepaid)]))

    @precondition(lambda self: self.orders)
    @rule(which=ANY, what=st.sampled_from(["sync", "cancel", "cancel", "confirm-receipt"]))
    def somebody_acts_on_an_order(self, which: int, what: str) -> None:
        """Cancelling gives up an order that is not paid, and leaves a group that has not formed."""
        order = self._order(which)
        self._do(self._ask(order.buyer.person.post(f"{ORDERS}/{order.id}/{what}")))

    @rule(which=ANY, what=st.sampled_from(["ship", "ship", "count", "count", "stop"]), on_hand=st.integers(0, 15))
    def the_merchant_acts(self, which: int, what: str, on_hand: int) -> None:
        merchant = self.shop.merchant
        if what == "ship" and self.orders:
            order = self._order(which)
            parcel = {"carrier_code": "SF", "tracking_no": f"SF{UUID(order.id).int % 10**13:013d}"}
            self._do(self._ask(merchant.post(f"/api/v1/fulfilment/console/orders/{order.id}/ship", parcel)))
        elif what == "count":
            self._do(self._ask(self.shop.move((on_hand - 7) or 1)))  # nothing in and nothing out is refused
        elif what == "stop":
            self._do(self._ask(merchant.post(f"{CONSOLE}/campaigns/{self.campaign['id']}/stop")))

    @rule(seconds=SECONDS, work=st.booleans())
    def time_passes(self, seconds: int, work: bool) -> None:
        self.playground.clock.advance(later(seconds))
        if work:
            self._do(self.playground.work())

    @rule(provider=st.booleans())
    def what_is_due_is_done(self, provider: bool) -> None:
        """By the provider, which tells what happened there, or by us."""
        self._do(self.playground.deliver() if provider else self.playground.work())

    @rule(kind=st.sampled_from(FAULTS), seconds=DELAYS, cut=CUTS)
    def something_will_go_wrong(self, kind: FaultKind, seconds: float, cut: int) -> None:
        """At the provider; or the line to our database is cut after that many more words in transactions."""
        if cut:
            self.playground.scissors.arm(cut)
        else:
            self.playground.sandbox.faults.arm(kind, seconds=seconds)

    def teardown(self) -> None:
        """The faults end, time passes, and everything comes to rest: then all books agree."""
        if not hasattr(self, "campaign"):
            return
        self.playground.sandbox.faults.clear()
        self.playground.scissors.disarm()
        waiting = ["not looked yet"]
        for seconds in WAITS:
            self.playground.clock.advance(later(seconds))
            self._do(self._rest())
            if not (waiting := self.playground.busy()):
                break
        self._hold(waiting)
        self._hold(self.playground.once_settled())
        self.playground.dirty = False

    async def _rest(self) -> None:
        for number in self.playground.refunds_stuck():
            self.playground.sandbox.refunds.repair(number)
        await self.playground.deliver()
        await self.playground.work()
        await self.playground.deliver()
        await self.playground.work()

    def _guests(self, group_id: str) -> list[Buyer]:
        """Everybody: first who has not been in the group, then who has, as its initiator."""
        inside = {order.buyer.person.id for order in self.orders if order.group_id == group_id}
        return sorted(self.people, key=lambda buyer: buyer.person.id in inside)

    def _buy(self, buyer: Buyer, mode: str, quantity: int, *, pays: bool, **wish: Any) -> None:
        answer = self._do(self._ask(buyer.try_order(mode, quantity=quantity, **wish)))
        if answer is None or answer.status_code != 201:
            return
        bought = Bought(buyer, answer.json()["id"], answer.json()["group_id"], joined=mode == "join")
        if mode == "open" and bought.group_id:
            self.groups.append(bought.group_id)
        self._bought(bought, pays=pays)

    def _bought(self, bought: Bought, *, pays: bool) -> None:
        self.orders.append(bought)
        if pays:
            self._do(self._go_to_pay(bought, "wechat_h5"))
            if bought.prepaid:
                self._do(self._pay_at(bought.prepaid[-1]))
            self._do(self.playground.work())

    @precondition(lambda self: self.flash and len(self.sales) < 2)
    @rule(units=st.integers(1, 4), limit=st.sampled_from([1, 1, 2, 3]), seconds=st.sampled_from([600, 1800, 7200]))
    def a_flash_sale_is_announced(self, units: int, limit: int, seconds: int) -> None:
        """Where there are so many free units, and no other one of the product runs."""
        self._announce(units, limit, seconds)

    def _announce(self, units: int, limit: int, seconds: int) -> None:
        answer = self._do(self._ask(try_flash_sale(self.shop, units, for_s=seconds, per_user_limit=limit)))
        if answer is not None and answer.status_code == 201:
            self.sales.append(answer.json()["id"])

    @precondition(lambda self: self.sales)
    @rule(people=st.lists(WHO, min_size=1, max_size=3), quantity=QUANTITY, pays=st.sampled_from([True, False, None]))
    def some_take_of_a_flash_sale(self, people: list[int], quantity: int, pays: bool | None) -> None:
        """None: the process that took the holds makes nothing of them for now."""
        for who in people:
            self._take_of_a_flash_sale(self.people[who], quantity, pays=pays)

    def _take_of_a_flash_sale(self, buyer: Buyer, quantity: int, *, pays: bool | None) -> None:
        answer = self._do(self._ask(try_hold(buyer, self.sales[-1], quantity=quantity)))
        if answer is None or answer.status_code != 201 or pays is None:
            return
        self._do(self.playground.work())
        seen = self._do(self._ask(buyer.person.get(f"{SALES}/holds/{answer.json()['id']}")))
        if seen is not None and seen.status_code == 200 and (order_id := seen.json()["order_id"]):
            self._bought(Bought(buyer, order_id, None), pays=pays)

    @precondition(lambda self: self.sales)
    @rule(which=ANY, units=st.sampled_from([1, 1, 2, 0]))
    def the_merchant_changes_a_flash_sale(self, which: int, units: int) -> None:
        """More is set aside, or it is stopped."""
        path = f"{FLASH_CONSOLE}/{self.sales[-1 - which % len(self.sales)]}"
        more = {"sku_id": self.shop.sku_id, "units": units}
        what = ("allotments", more) if units else ("stop", None)
        self._do(self._ask(self.shop.merchant.post(f"{path}/{what[0]}", what[1])))

    async def _go_to_pay(self, order: Bought, channel: str) -> None:
        way = {"channel": channel, "return_url": "http://shop.test/back"}
        answer = await self._ask(order.buyer.person.post(f"{ORDERS}/{order.id}/pay", way))
        if answer.status_code == 200:
            order.prepaid.append(_prepay_id(answer.json()))

    async def _pay_at(self, prepay_id: str) -> None:
        answer = await self.playground.world.partner.post("/desk/api/pay", json={"prepay_id": prepay_id})
        assert answer.status_code == 200, answer.text

    async def _ask(self, request: Any) -> httpx.Response:
        cuts = self.playground.scissors.cuts
        answer: httpx.Response = await request
        if answer.status_code not in ANSWERS and self.playground.scissors.cuts == cuts:
            raise RuleBroken(f"a strange answer: {answer.status_code} {answer.text[:300]}")
        return answer

    def _do(self, work: Any) -> Any:
        """A step; afterwards the rules must hold. A cut line is the end of the step."""
        result = self.playground.step(work)
        self._hold(self.playground.always())
        return result

    def _order(self, which: int) -> Bought:
        return self.orders[-1 - which % len(self.orders)]

    def _group(self, which: int) -> str:
        return self.groups[-1 - which % len(self.groups)]

    @staticmethod
    def _hold(broken: list[str]) -> None:
        if broken:
            raise RuleBroken("; ".join(broken[:5]))


def _prepay_id(hand_over: dict[str, Any]) -> str:
    """Of the cashier's page, or of the dialogue in WeChat."""
    if hand_over["jsapi"]:
        return str(hand_over["jsapi"]["package"]).partition("=")[2]
    return httpx.URL(hand_over["redirect_url"]).path.rpartition("/")[2]
