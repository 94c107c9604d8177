"""A merchant looks at the templates, what they come to, and which a product is sent by."""

from uuid import UUID

from chengtuan.modules.trade.context import Trade
from chengtuan.modules.trade.freight.rows import templates as rows
from chengtuan.modules.trade.freight.rows.products import ProductFreight, SkuWeight, freight_of_product
from chengtuan.modules.trade.freight.rows.templates import TemplateRow
from chengtuan.modules.trade.goods.rows import merchant_of_product
from chengtuan.modules.trade.pricing.freight import Charge, Load
from chengtuan.modules.trade.problems import FreightTemplateNotFound, SkuNotFound
from chengtuan.platform.permissions import Scope


async def list_templates(ctx: Trade, scope: Scope) -> list[TemplateRow]:
    async with ctx.database.read() as db:
        return await rows.list_templates(db, scope)


async def get_template(ctx: Trade, scope: Scope, template_id: UUID) -> TemplateRow:
    """Raises FreightTemplateNotFound, also for another merchant's."""
    async with ctx.database.read() as db:
        row = await rows.find_template(db, template_id)
    if row is None or not scope.covers(row.merchant_id):
        raise FreightTemplateNotFound
    return row


async def try_template(ctx: Trade, scope: Scope, template_id: UUID, load: Load, province: str) -> Charge | None:
    """What this would cost to deliver; None where it is not delivered to. Raises FreightTemplateNotFound."""
    return (await get_template(ctx, scope, template_id)).terms.charge(load, province)


async def read_product_freight(ctx: Trade, scope: Scope, product_id: UUID) -> tuple[ProductFreight, list[SkuWeight]]:
    """Raises SkuNotFound, also for another merchant's product."""
    async with ctx.database.read() as db:
        owner = await merchant_of_product(db, product_id)
        if owner is None or not scope.covers(owner):
            raise SkuNotFound
        return await freight_of_product(db, product_id)
