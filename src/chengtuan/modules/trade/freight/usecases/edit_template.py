"""A merchant writes what delivery costs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from chengtuan.kernel.editors import Editor
from chengtuan.kernel.ids import new_id
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.freight.moves import Stored, own_template
from chengtuan.modules.trade.freight.problems import BadFreight, FreightNameTaken
from chengtuan.modules.trade.freight.rows import choosing
from chengtuan.modules.trade.freight.rows import templates as rows
from chengtuan.modules.trade.freight.rows.locking import lock_freight
from chengtuan.modules.trade.freight.rows.templates import TemplateRow
from chengtuan.modules.trade.freight.rules import changed, check_zones
from chengtuan.modules.trade.pricing.rules.freight import FreightUnit, Template, Zone
from chengtuan.modules.trade.topics import offer_topic

MAX_TEMPLATES = 100
"""Of one merchant: a list of them is read whole."""


@dataclass(frozen=True, kw_only=True)
class TemplateTerms:
    """What the merchant asks for; `zones` without regions are everywhere else."""

    name: str
    zones: Sequence[Zone]
    undelivered: Collection[str]


async def create_template(
    ctx: TradeContext, merchant_id: UUID, unit: FreightUnit, terms: TemplateTerms, editor: Editor
) -> Stored:
    """Raises BadFreight, FreightNameTaken (also when it is repeated)."""
    check_zones(terms.zones, terms.undelivered)
    row = _row(merchant_id, new_id(), unit, terms, version=1)
    async with ctx.database.write() as tx:
        await lock_freight(tx, merchant_id)
        if await rows.count_templates(tx, merchant_id) >= MAX_TEMPLATES:
            raise BadFreight(reason="too_many")
        if not await rows.insert_template(tx, row, editor):
            raise FreightNameTaken
        return await own_template(tx, merchant_id, row.id)


async def edit_template(
    ctx: TradeContext, merchant_id: UUID, template_id: UUID, terms: TemplateTerms, *, version: int, editor: Editor
) -> Stored:
    """Replace the version that the editor read; orders keep the freight they were placed with.

    What it counts stays: who counts by weight makes another template. Raises BadFreight, FreightTemplateNotFound
    (another merchant's too), FreightChanged, FreightNameTaken.
    """
    check_zones(terms.zones, terms.undelivered)
    async with ctx.database.write() as tx:
        await lock_freight(tx, merchant_id)
        before, _ = await own_template(tx, merchant_id, template_id)
        row = _row(merchant_id, template_id, before.terms.unit, terms, version=version)
        if not await rows.replace_template(tx, row, editor):
            now, beside = await own_template(tx, merchant_id, template_id)
            raise changed(now.version, beside.edited_by, beside.edited_at)
        tx.touch(*(offer_topic(product_id) for product_id in await choosing.versions_of(tx, template_id)))
        return await own_template(tx, merchant_id, template_id)


def _row(merchant_id: UUID, template_id: UUID, unit: FreightUnit, terms: TemplateTerms, *, version: int) -> TemplateRow:
    zones = tuple(sorted(terms.zones, key=lambda zone: bool(zone.regions)))
    return TemplateRow(
        merchant_id, terms.name, version, Template(template_id, unit, zones, frozenset(terms.undelivered))
    )
