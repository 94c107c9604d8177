"""Steps of changing freight, inside somebody's transaction."""

from collections.abc import Collection
from typing import TypeAlias
from uuid import UUID

from chengtuan.modules.trade.freight.problems import FreightTemplateNotFound, WeightMissing
from chengtuan.modules.trade.freight.rows import choosing
from chengtuan.modules.trade.freight.rows.templates import TemplateRow, TemplateUse, find_template, use_of_template
from chengtuan.modules.trade.pricing.rules.freight import FreightUnit
from chengtuan.platform.database import WriteSession

Stored: TypeAlias = tuple[TemplateRow, TemplateUse]
"""A template, and what stands beside its terms."""


async def own_template(tx: WriteSession, merchant_id: UUID, template_id: UUID) -> Stored:
    """Raises FreightTemplateNotFound, also for another merchant's."""
    row, use = await find_template(tx, template_id), await use_of_template(tx, template_id)
    if row is None or use is None or row.merchant_id != merchant_id:
        raise FreightTemplateNotFound
    return row, use


async def check_template(
    tx: WriteSession, merchant_id: UUID, template_id: UUID | None, product_ids: Collection[UUID]
) -> None:
    """Whether products can be sent by it. Raises FreightTemplateNotFound, WeightMissing."""
    if template_id is None:
        return
    row, _ = await own_template(tx, merchant_id, template_id)
    if row.terms.unit is not FreightUnit.GRAM:
        return
    if unweighed := await choosing.find_unweighed(tx, product_ids):
        raise WeightMissing(sku_id=str(unweighed.sku_id), product_id=str(unweighed.product_id))
