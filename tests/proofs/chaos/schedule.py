"""One random schedule: a product, a campaign, eight people, and everything that can go wrong meanwhile."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any, cast

import httpx

from chengtuan.modules.catalog.facade import CatalogFacade, ProductDraft, SkuDraft
from tests.proofs.chaos.lines import falsified
from tests.proofs.chaos.market import Market
from tests.proofs.chaos.people import Customer
from tests.proofs.chaos.process import ProcessDied
from tests.proofs.chaos.tally import CUT, FORGED, KILLED, KINDS, LINE_TROUBLES
from tests.support.crowd import gather_crowd
from tests.support.shop import PASSWORD, Buyer, Shop
from tests.support.world import Person

PEOPLE = 8
_JOINABLE = "select id from trade.buy_group where activity_id = %s and status = 'open' order by id"
SOLO_FEN = 10000
Act = Callable[[], Awaitable[None]]
_TIERS: list[tuple[list[int], list[int]]] = [
    ([2], [7000]),
    ([3], [7000]),
    ([2, 3], [9000, 8000]),
    ([2, 4], [9000, 8501]),
    ([2, 3, 5], [9000, 8333, 7777]),
]


class Schedule:
    """All its chance comes from `chance`."""

    def __init__(self, market: Market, chance: random.Random) -> None:
        self.market = market
        self.chance = chance
        self.groups: list[str] = []
        self.customers: list[Customer] = []
        self.campaign_id = ""
        self.roughness = chance.uniform(0.3, 1)
        self.wrong: list[str] = []
        self._cut = False

    async def live(self) -> None:
        await self._open_shop()
        for _ in range(self.chance.randint(6, 14)):
            await self._step()

    async def _open_shop(self) -> None:
        market, chance = self.market, self.chance
        await self._sign_in_again()
        shop = await self._new_product()
        await shop.set_stock(chance.choice([5, 20, 20, 40]))
        people, prices = chance.choice(_TIERS)
        campaign = await shop.campaign(people, prices, **self._terms(ladder=len(people) > 1))
        self.campaign_id = campaign["id"]
        keys, now = market.composition.keys, market.clock.now()
        for member in gather_crowd(market.database_url, keys, PEOPLE, now, wechat=True):
            person = Person(shop.world.client, member.token, member.id)
            self.customers.append(Customer(market, Buyer(shop, person, str(member.address_id)), chance))

    async def _sign_in_again(self) -> None:
        """Half a day may have passed since the merchant came."""
        shop = self.market.shop
        if (await shop.merchant.get("/api/v1/trade/console/stock", product_id=shop.product_id)).status_code == 401:
            shop.merchant = await shop.world.staff(f"owner-{shop.merchant_id.hex[-8:]}", PASSWORD)

    def _terms(self, *, ladder: bool) -> dict[str, Any]:
        chance = self.chance
        end = self.market.clock.now() + timedelta(hours=chance.choice([1, 24 * 30]))
        return {
            "group_duration_s": chance.choice([600, 1800, 3600]),
            "ends_at": end.isoformat(),
            "hard_end": chance.random() < 0.5,
            "stock_cap": chance.choice([None, None, None, 10]),
            "per_user_limit": chance.choice([None, None, None, 3]),
            "newcomers_only": chance.random() < 0.1,
            "overflow": ladder and chance.random() < 0.4,
            "initiator_off_percent": chance.choice([None, None, 15, 50, 100]),
        }

    async def _new_product(self) -> Shop:
        """Campaigns of one product may not overlap, so each schedule sells another one."""
        market, old = self.market, self.market.shop
        up = market.up
        assert up is not None
        catalog = cast("CatalogFacade", market.composition.facades[CatalogFacade])
        draft = ProductDraft(
            name={"en": "Plum"},
            summary={"en": "Sour"},
            description={"en": "Sour"},
            category_slug="fresh",
            images=["/media/products/plum-1.webp"],
            list_price_fen=None,
            skus=[SkuDraft(sku_id=None, name={"en": "1 kg"}, solo_price_fen=SOLO_FEN)],
        )
        adding = catalog.add_product(merchant_id=old.merchant_id, product=draft, demo=False, publish=True)
        product = await up[0].call(cast("Coroutine[Any, Any, Any]", adding))
        await market.work(everything=True)
        sku_id = str(product.skus[0].sku_id)
        return Shop(old.world, old.merchant, old.merchant_id, str(product.product_id), sku_id, SOLO_FEN)

    async def _step(self) -> None:
        """Some faults are laid out, some people and machines act at the same time, and time passes."""
        chance, market = self.chance, self.market
        self._lay_out_faults()
        self._cut = False
        acts = [self._act() for _ in range(chance.randint(2, 6))]
        acts += [act for act in (self._work, market.deliver) if chance.random() < 0.6]
        if chance.random() < 0.15:
            acts.append(self._cut_a_connection)
        if chance.random() < 0.06:
            market.light_fuse(int(chance.paretovariate(0.6) * 3))
        await asyncio.gather(*(self._do(act) for act in acts))
        market.put_out_fuse()
        if await market.restart_if_dead():
            market.tally.hit(KILLED)
        self._collect()
        self._let_time_pass()

    def _lay_out_faults(self) -> None:
        chance, faults = self.chance, self.market.sandbox.faults
        if chance.random() > self.roughness:
            return
        for _ in range(chance.choice([1, 2, 3, 4])):
            kind = chance.choice(KINDS)
            if all(fault.kind is not kind for fault in faults.armed()):
                faults.arm(kind, seconds=chance.choice([1.0, 20.0, 300.0, 2000.0]))
        if chance.random() < 0.3:
            self.market.to_provider.trouble.append(chance.choice(LINE_TROUBLES))

    def _act(self) -> Act:
        customer = self.chance.choice(self.customers)
        acts: list[tuple[int, Act]] = [
            (4, lambda: self._open(customer)),
            (12, lambda: self._join(customer)),
            (2, lambda: customer.buy("solo")),
            (4, customer.go_to_pay),
            (6, customer.pay),
            (2, customer.pay_twice),
            (2, customer.cancel),
            (2, customer.sync),
            (1, lambda: self._again(customer)),
            (2, self._forge),
            (1, self._stop),
        ]
        return self.chance.choices([act for _, act in acts], [weight for weight, _ in acts])[0]

    async def _do(self, act: Act) -> None:
        with contextlib.suppress(ProcessDied):
            await act()

    async def _work(self) -> None:
        await self.market.work()

    async def _open(self, customer: Customer) -> None:
        await customer.buy("open", campaign_id=self.campaign_id)

    async def _join(self, customer: Customer) -> None:
        """Mostly a group that takes people; now and then one that does not, or not yet."""
        groups = [str(row[0]) for row in await self.market.rows(_JOINABLE, self.campaign_id)]
        groups = self.groups if self.chance.random() < 0.1 else groups
        if groups:
            await customer.buy("join", group_id=self.chance.choice(groups))
        else:
            await self._open(customer)

    async def _again(self, customer: Customer) -> None:
        await customer.repeat()

    async def _stop(self) -> None:
        """The merchant stops the campaign; rarely, or nothing else would happen."""
        if self.chance.random() < 0.15:
            path = f"/api/v1/trade/console/campaigns/{self.campaign_id}/stop"
            try:
                await self.market.shop.merchant.post(path)
            except httpx.TransportError:
                return

    async def _forge(self) -> None:
        """Somebody sends a callback that is not the provider's. It must be refused."""
        if not self.market.callbacks:
            return
        notice = self.chance.choice(self.market.callbacks[-20:])
        body, headers = falsified(notice, self.chance)
        try:
            answer = await self.market.shop.world.client.post(notice.url.path, content=body, headers=headers)
        except httpx.TransportError:
            return
        self.market.tally.hit(FORGED)
        if answer.status_code < 400:
            self.wrong.append(f"a forged callback was accepted: {answer.status_code}")

    async def _cut_a_connection(self) -> None:
        for _ in range(self.chance.randint(0, 20)):
            await asyncio.sleep(0)
        self._cut = True
        for _ in range(await self.market.cut_a_connection()):
            self.market.tally.hit(CUT)

    def _collect(self) -> None:
        """What people heard: groups to join, and answers that nobody should get."""
        for customer in self.customers:
            self.groups += [group for group in customer.groups if group not in self.groups]
            if not self._cut:
                self.wrong += customer.strange
            customer.strange.clear()

    def _let_time_pass(self) -> None:
        self.market.advance(self.chance.choice([0, 0, 0, 1, 1, 5, 20, 65, 301, 905]))
