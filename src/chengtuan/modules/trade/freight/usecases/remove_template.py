"""A merchant takes a template away, and says how its products are sent from then on."""

from dataclasses import dataclass
from uuid import UUID

from chengtuan.kernel.editors import Editor
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.freight.moves import check_template, own_template
from chengtuan.modules.trade.freight.problems import FreightTemplateNotFound, FreightTemplateUsed
from chengtuan.modules.trade.freight.rows import choosing
from chengtuan.modules.trade.freight.rows.locking import lock_freight
from chengtuan.modules.trade.freight.rows.templates import delete_template
from chengtuan.modules.trade.freight.rules import changed
from chengtuan.platform.database import WriteSession

_NAMED = 10


@dataclass(frozen=True, slots=True)
class Move:
    """Where a template's products go: to another one, or (None) they are sent free."""

    template_id: UUID | None


async def remove_template(
    ctx: TradeContext, merchant_id: UUID, template_id: UUID, *, version: int, move: Move | None, editor: Editor
) -> None:
    """Orders keep the freight they were placed with. New products begin without a template if they began with this one.

    Raises FreightTemplateNotFound (also for where its products go), FreightChanged, WeightMissing, FreightTemplateUsed.
    """
    async with ctx.database.write() as tx:
        await lock_freight(tx, merchant_id)
        row, beside = await own_template(tx, merchant_id, template_id)
        if row.version != version:
            raise changed(row.version, beside.edited_by, beside.edited_at)
        used = await choosing.versions_of(tx, template_id)
        if used and move is not None:
            if move.template_id == template_id:
                raise FreightTemplateNotFound
            await check_template(tx, merchant_id, move.template_id, used)
            await choosing.choose_template(tx, used, move.template_id, editor)
        # a product may have been listed with it this moment: the foreign key knows
        if (used and move is None) or not await delete_template(tx, template_id):
            raise await _used(tx, template_id)


async def _used(tx: WriteSession, template_id: UUID) -> FreightTemplateUsed:
    used = await choosing.versions_of(tx, template_id)
    names = await choosing.names_of(tx, used)
    return FreightTemplateUsed(products=len(used), names=names[:_NAMED])
