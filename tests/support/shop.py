"""A small shop for tests: one merchant, one product, stock, and a campaign on demand."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar, cast
from uuid import UUID

import httpx

from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.modules.catalog.facade import CatalogFacade, ProductDraft, SkuDraft
from chengtuan.modules.merchants.facade import MerchantsFacade
from chengtuan.platform.facades import Facade
from tests.support.residents import move_in
from tests.support.world import Person, World

F = TypeVar("F", bound=Facade)
PASSWORD = "a-long-password"
ADDRESS = {
    "name": "林小滿",
    "phone": "13900001111",
    "province_code": "440000",
    "province": "廣東省",
    "city": "深圳市",
    "district": "南山區",
    "detail": "科技園 1 號",
    "is_default": True,
}


@dataclass
class Shop:
    """`merchant` is the signed-in owner; prices in fen."""

    world: World
    merchant: Person
    merchant_id: UUID
    product_id: str
    sku_id: str
    solo_price_fen: int

    async def campaign(self, people: list[int], prices: list[int], **changes: Any) -> dict[str, Any]:
        """A running campaign; fixed with one tier, ladder with more."""
        answer = await self.try_campaign(people, prices, **changes)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def try_campaign(self, people: list[int], prices: list[int], **changes: Any) -> httpx.Response:
        now = self.world.clock.now()
        body = {
            "product_id": self.product_id,
            "name": "test",
            "kind": "fixed" if len(people) == 1 else "ladder",
            "tiers": [
                {"people": n, "prices": [{"sku_id": self.sku_id, "price_fen": fen}]}
                for n, fen in zip(people, prices, strict=True)
            ],
            "group_duration_s": 3600,
            "starts_at": now.isoformat(),
            "ends_at": (now + timedelta(days=30)).isoformat(),
        } | changes
        return await self.merchant.post("/api/v1/trade/console/campaigns", body)

    async def set_stock(self, on_hand: int) -> None:
        answer = await self.count(on_hand, expected=(await self.stock())["on_hand"])
        assert answer.status_code == 200, answer.text

    async def count(self, on_hand: int, *, expected: int, key: UUID | None = None) -> httpx.Response:
        body = {"on_hand": on_hand, "expected": expected}
        return await self.merchant.put(f"/api/v1/trade/console/stock/{self.sku_id}", body, key=key)

    async def move(self, delta: int, reason: str = "received", *, key: UUID | None = None) -> httpx.Response:
        body = {"delta": delta, "reason": reason}
        return await self.merchant.post(f"/api/v1/trade/console/stock/{self.sku_id}/movements", body, key=key)

    async def stock(self) -> dict[str, int]:
        answer = await self.merchant.get("/api/v1/trade/console/stock", product_id=self.product_id)
        return dict(answer.json()["items"][0])

    async def shopper(self, number: int) -> "Buyer":
        """Person `number`, signed in, with an address in Guangdong."""
        person, address_id = await move_in(self.world, f"138{number:08d}", ADDRESS)
        return Buyer(self, person, str(address_id))


@dataclass(frozen=True)
class Buyer:
    """A shopper with an address."""

    shop: Shop
    person: Person
    address_id: str

    async def try_order(self, mode: str, *, key: UUID | None = None, **wish: Any) -> httpx.Response:
        body = {"mode": mode, "sku_id": self.shop.sku_id, "quantity": 1, "address_id": self.address_id} | wish
        return await self.person.post("/api/v1/trade/orders", body, key=key)

    async def order(self, mode: str, **wish: Any) -> dict[str, Any]:
        answer = await self.try_order(mode, **wish)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def open(self, campaign: dict[str, Any], **wish: Any) -> dict[str, Any]:
        return await self.order("open", campaign_id=campaign["id"], **wish)

    async def join(self, group_id: str, **wish: Any) -> dict[str, Any]:
        return await self.order("join", group_id=group_id, **wish)

    async def hand_over(self, order_id: str) -> dict[str, Any]:
        """Go to the provider's cashier without paying."""
        path = f"/api/v1/trade/orders/{order_id}/pay"
        answer = await self.person.post(path, {"channel": "wechat_h5", "return_url": "http://shop.test/back"})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def pay(self, order_id: str, *, settle: bool = True) -> None:
        """Pay at the sandbox's cashier."""
        hand_over = await self.hand_over(order_id)
        await self.pay_at(hand_over)
        if settle:
            await self.shop.world.settle()

    async def pay_at(self, hand_over: dict[str, Any]) -> str:
        prepay_id = httpx.URL(hand_over["redirect_url"]).path.rpartition("/")[2]
        answer = await self.shop.world.partner.post("/desk/api/pay", json={"prepay_id": prepay_id})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["result"])

    async def see(self, order_id: str) -> dict[str, Any]:
        return dict((await self.person.get(f"/api/v1/trade/orders/{order_id}")).json())


async def open_shop(world: World, *, solo_price_fen: int = 10000, stock: int = 100) -> Shop:
    """Admit a merchant with an owner, publish a product with one SKU, and count its stock."""
    merchants, accounts = _facade(world, MerchantsFacade), _facade(world, AccountsFacade)
    catalog = _facade(world, CatalogFacade)
    merchant_id = await merchants.add_merchant(name={"en": "Orchard"}, intro={"en": "Fruit"}, logo_url="", demo=False)
    login = f"owner-{merchant_id.hex[-8:]}"
    await accounts.add_staff(
        login=login, password=PASSWORD, name="Owner", roles=["merchant_owner"], merchant_id=merchant_id
    )
    await catalog.add_category(slug="fresh", name={"en": "Fresh"}, icon_url="/media/categories/fresh.webp", position=1)
    draft = ProductDraft(
        name={"zh-Hant": "蜜柚", "en": "Pomelo"},
        summary={"en": "Sweet"},
        description={"en": "Sweet and juicy"},
        category_slug="fresh",
        images=["/media/products/pomelo-1.webp"],
        list_price_fen=None,
        skus=[SkuDraft(sku_id=None, name={"en": "2 pieces"}, solo_price_fen=solo_price_fen)],
    )
    product = await catalog.add_product(merchant_id=merchant_id, product=draft, demo=False, publish=True)
    await world.settle()
    owner = await world.staff(login, PASSWORD)
    sku_id = str(product.skus[0].sku_id)
    shop = Shop(world, owner, merchant_id, str(product.product_id), sku_id, solo_price_fen)
    await shop.set_stock(stock)
    return shop


def _facade(world: World, kind: type[F]) -> F:
    return cast("F", world.composition.facades[kind])
