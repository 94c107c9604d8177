"""A shop to measure: filled through the product's own facades, use cases and repositories."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar, cast
from uuid import UUID

from benchmarks.fill.people import gather_people
from chengtuan.apps.composition import Composition
from chengtuan.kernel.clock import SystemClock
from chengtuan.kernel.editors import Editor
from chengtuan.kernel.ids import new_id
from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.modules.accounts.sessions.moves import open_session
from chengtuan.modules.accounts.sessions.rules import SessionKind, new_token
from chengtuan.modules.catalog.facade import CatalogFacade, ProductDraft, SkuDraft
from chengtuan.modules.merchants.facade import MerchantsFacade
from chengtuan.modules.trade.activities.rows.activities import NewActivity, insert_activity
from chengtuan.modules.trade.activities.rules.group_terms import GroupTerms
from chengtuan.modules.trade.stock.rows.ledger import Request, book_for_person
from chengtuan.modules.trade.stock.rules import Reason
from chengtuan.platform.facades import Facade
from tests.support.crowd import Member

F = TypeVar("F", bound=Facade)
_DESCRIPTION = {
    "zh-Hant": "產地直送，當天採摘，清甜多汁。" * 20,
    "en": "Picked this morning, sent this afternoon. " * 10,
}
ON_HAND = 10_000_000


@dataclass(frozen=True)
class Goods:
    """A product with one variant and, where it is sold to groups, its campaign."""

    product_id: UUID
    sku_id: UUID
    campaign_id: UUID | None


@dataclass(frozen=True)
class Shop:
    """`hot` is sold to groups of 500, each of `many` to groups of ten, and everything alone, too; of each of `sales`
    a flash sale can be made. `owner` is the token of the merchant's staff.
    """

    owner: str
    hot: Goods
    many: Sequence[Goods]
    sales: Iterator[Goods]
    shoppers: Iterator[Member]


HOT_GROUP = 500
SMALL_GROUP = 10


async def fill_shop(environ: Mapping[str, str], *, shoppers: int, many: int, sales: int) -> Shop:
    """A merchant with an owner, products with stock, campaigns, and so many signed-in shoppers."""
    names = [manifest.name for manifest in Composition.manifests]
    composition = Composition(environ=environ, clock=SystemClock(), modules=names)
    async with composition.open():
        merchant_id = await _facade(composition, MerchantsFacade).add_merchant(
            name={"zh-Hant": "果園", "en": "Orchard"}, intro={"en": "Fruit"}, logo_url="", demo=False
        )
        catalog = _facade(composition, CatalogFacade)
        await catalog.add_category(slug="fresh", name={"en": "Fresh"}, icon_url="/media/fresh.webp", position=1)
        goods = [await _add_goods(composition, merchant_id, number) for number in range(1 + many + sales)]
        await composition.settle()
        for each in goods:
            await _count_stock(composition, each)
        hot = await _promote(composition, merchant_id, goods[0], HOT_GROUP)
        others = [await _promote(composition, merchant_id, each, SMALL_GROUP) for each in goods[1 : 1 + many]]
        owner = await _sign_in(composition, merchant_id)
        crowd = gather_people(composition.platform.database_url, composition.keys, shoppers)
    return Shop(owner, hot, others, iter(goods[1 + many :]), iter(crowd))


def _facade(composition: Composition, kind: type[F]) -> F:
    return cast("F", composition.facades[kind])


async def _add_goods(composition: Composition, merchant_id: UUID, number: int) -> Goods:
    draft = ProductDraft(
        name={"zh-Hant": f"蜜柚 {number}", "en": f"Pomelo {number}"},
        summary={"zh-Hant": "清甜多汁", "en": "Sweet and juicy"},
        description=_DESCRIPTION,
        category_slug="fresh",
        images=["/media/products/pomelo-1.webp"],
        list_price_fen=15000,
        skus=[SkuDraft(sku_id=None, name={"en": "2 pieces"}, solo_price_fen=10000)],
    )
    product = await _facade(composition, CatalogFacade).add_product(
        merchant_id=merchant_id, product=draft, demo=False, publish=True
    )
    return Goods(product.product_id, product.skus[0].sku_id, None)


async def _count_stock(composition: Composition, goods: Goods) -> None:
    async with composition.running["trade"].database.write() as tx:
        await book_for_person(tx, a_delivery(goods.sku_id), ON_HAND, tx.clock.now())


def a_delivery(sku_id: UUID) -> Request:
    """What an empty shelf is filled with."""
    owner = Editor(new_id(), "Owner")
    return Request(id=new_id(), sku_id=sku_id, reason=Reason.RECEIVED, note="", editor=owner)


async def _promote(composition: Composition, merchant_id: UUID, goods: Goods, seats: int) -> Goods:
    now = composition.clock.now()
    activity = NewActivity(
        id=new_id(),
        merchant_id=merchant_id,
        product_id=goods.product_id,
        name="measured",
        starts_at=now,
        ends_at=now + timedelta(days=1),
        terms=GroupTerms(people=(seats,), duration_s=24 * 3600),
        prices={goods.sku_id: [8000]},
    )
    async with composition.running["trade"].database.write() as tx:
        await insert_activity(tx, activity)
    return replace(goods, campaign_id=activity.id)


async def _sign_in(composition: Composition, merchant_id: UUID) -> str:
    staff_id = await _facade(composition, AccountsFacade).add_staff(
        login="owner", password=new_token().text, name="Owner", roles=["merchant_owner"], merchant_id=merchant_id
    )
    async with composition.running["accounts"].database.write() as tx:
        return (await open_session(tx, SessionKind.STAFF, staff_id)).token
