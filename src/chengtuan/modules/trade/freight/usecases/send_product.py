"""A merchant decides by which template products are sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from chengtuan.kernel.editors import Editor
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.freight.moves import check_template
from chengtuan.modules.trade.freight.rows import choosing
from chengtuan.modules.trade.freight.rows.locking import lock_freight
from chengtuan.modules.trade.freight.rows.products import freight_of_product
from chengtuan.modules.trade.freight.rules import changed
from chengtuan.modules.trade.goods.rows import merchant_of_product
from chengtuan.modules.trade.problems import SkuNotFound


@dataclass(frozen=True, kw_only=True)
class Sending:
    """`template_id` None: sent free. `grams` by variant, None where it is not known; variants not named keep theirs."""

    template_id: UUID | None
    grams: Mapping[UUID, int | None]


async def send_product(
    ctx: TradeContext, merchant_id: UUID, product_id: UUID, sending: Sending, *, version: int, editor: Editor
) -> None:
    """Orders from then on are charged by it.

    Raises SkuNotFound (another merchant's product or variant, too), FreightTemplateNotFound, WeightMissing,
    FreightChanged.
    """
    async with ctx.database.write() as tx:
        await lock_freight(tx, merchant_id)
        if await merchant_of_product(tx, product_id) != merchant_id:
            raise SkuNotFound
        _, weights = await freight_of_product(tx, product_id)
        if foreign := sending.grams.keys() - {sku.sku_id for sku in weights}:
            raise SkuNotFound(sku_id=str(min(foreign)))
        await choosing.weigh(tx, sending.grams)
        await check_template(tx, merchant_id, sending.template_id, [product_id])
        if not await choosing.choose_template(tx, {product_id: version}, sending.template_id, editor):
            found, _ = await freight_of_product(tx, product_id)
            raise changed(found.version, found.edited_by, found.edited_at)


async def send_products(
    ctx: TradeContext, merchant_id: UUID, versions: Mapping[UUID, int], template_id: UUID | None, editor: Editor
) -> None:
    """All of these products, or none of them. Raises as send_product does."""
    async with ctx.database.write() as tx:
        await lock_freight(tx, merchant_id)
        if await choosing.count_own(tx, merchant_id, versions.keys()) != len(versions):
            raise SkuNotFound
        await check_template(tx, merchant_id, template_id, versions.keys())
        chosen = await choosing.choose_template(tx, versions, template_id, editor)
        if late := versions.keys() - chosen:
            found, _ = await freight_of_product(tx, min(late))
            raise changed(found.version, found.edited_by, found.edited_at)
