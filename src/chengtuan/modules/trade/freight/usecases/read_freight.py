"""A merchant looks at the templates, what they come to, and which a product is sent by."""

from uuid import UUID

from chengtuan.kernel.pagination import Page, decode_cursor, encode_cursor, page_of, words
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.freight.moves import Stored
from chengtuan.modules.trade.freight.problems import FreightTemplateNotFound
from chengtuan.modules.trade.freight.rows import products
from chengtuan.modules.trade.freight.rows import templates as rows
from chengtuan.modules.trade.freight.rows.products import ProductFreight, ProductsWanted, SentProduct, SkuWeight
from chengtuan.modules.trade.goods.rows import merchant_of_product
from chengtuan.modules.trade.pricing.rules.freight import Charge, Load
from chengtuan.modules.trade.problems import SkuNotFound
from chengtuan.platform.permissions import Scope


async def list_templates(ctx: TradeContext, scope: Scope, *, cursor: str | None, limit: int) -> Page[Stored]:
    """By name. Raises BadCursor."""
    after = decode_cursor(cursor, [words, UUID])
    async with ctx.database.read() as db:
        found = await rows.list_templates(db, scope, after=after, limit=limit + 1)
    return page_of(found, limit, lambda stored: encode_cursor(stored[0].name, str(stored[0].id)))


async def get_template(ctx: TradeContext, scope: Scope, template_id: UUID) -> Stored:
    """Raises FreightTemplateNotFound, also for another merchant's."""
    async with ctx.database.read() as db:
        row, use = await rows.find_template(db, template_id), await rows.use_of_template(db, template_id)
    if row is None or use is None or not scope.covers(row.merchant_id):
        raise FreightTemplateNotFound
    return row, use


async def try_template(ctx: TradeContext, scope: Scope, template_id: UUID, load: Load, province: str) -> Charge | None:
    """What this would cost to deliver; None where it is not delivered to. Raises FreightTemplateNotFound."""
    row, _ = await get_template(ctx, scope, template_id)
    return row.terms.charge(load, province)


async def read_product_freight(
    ctx: TradeContext, scope: Scope, product_id: UUID
) -> tuple[ProductFreight, list[SkuWeight]]:
    """Raises SkuNotFound, also for another merchant's product."""
    async with ctx.database.read() as db:
        owner = await merchant_of_product(db, product_id)
        if owner is None or not scope.covers(owner):
            raise SkuNotFound
        return await products.freight_of_product(db, product_id)


async def list_product_freights(
    ctx: TradeContext, scope: Scope, wanted: ProductsWanted, *, cursor: str | None, limit: int
) -> Page[SentProduct]:
    """Which product is sent by which template, the newest first. Raises BadCursor."""
    after = decode_cursor(cursor, [UUID])
    async with ctx.database.read() as db:
        found = await products.list_products(db, scope, wanted, after=after[0] if after else None, limit=limit + 1)
    return page_of(found, limit, lambda row: encode_cursor(str(row.product_id)))
