"""A merchant decides by which template a product is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from chengtuan.modules.trade.context import Trade
from chengtuan.modules.trade.freight.rows import products
from chengtuan.modules.trade.freight.rows.templates import find_template
from chengtuan.modules.trade.goods.rows import merchant_of_product
from chengtuan.modules.trade.pricing.freight import FreightUnit
from chengtuan.modules.trade.problems import FreightChanged, FreightTemplateNotFound, SkuNotFound, WeightMissing
from chengtuan.platform.database import WriteSession


@dataclass(frozen=True, kw_only=True)
class Sending:
    """`template_id` None: sent free. `grams` by variant, None where it is not known; variants not named keep theirs."""

    template_id: UUID | None
    grams: Mapping[UUID, int | None]


async def send_product(ctx: Trade, merchant_id: UUID, product_id: UUID, sending: Sending, *, version: int) -> None:
    """Orders from then on are charged by it.

    Raises SkuNotFound (another merchant's product or variant, too), FreightTemplateNotFound, WeightMissing,
    FreightChanged.
    """
    async with ctx.database.write() as tx:
        if await merchant_of_product(tx, product_id) != merchant_id:
            raise SkuNotFound
        found, weights = await products.freight_of_product(tx, product_id)
        known = {sku.sku_id: sku.grams for sku in weights}
        if not sending.grams.keys() <= known.keys():
            raise SkuNotFound
        await _check_template(tx, merchant_id, sending.template_id, known | dict(sending.grams))
        if not await products.choose_template(tx, product_id, sending.template_id, version):
            raise FreightChanged(version=found.version)
        await products.weigh(tx, sending.grams)


async def _check_template(
    tx: WriteSession, merchant_id: UUID, template_id: UUID | None, grams: Mapping[UUID, int | None]
) -> None:
    if template_id is None:
        return
    template = await find_template(tx, template_id)
    if template is None or template.merchant_id != merchant_id:
        raise FreightTemplateNotFound
    unknown = [sku_id for sku_id, weight in grams.items() if weight is None]
    if template.terms.unit is FreightUnit.GRAM and unknown:
        raise WeightMissing(sku_id=str(unknown[0]))
