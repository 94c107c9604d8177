"""A group for everybody: its members, its progress, and how to follow it."""

from uuid import UUID

from chengtuan.modules.trade.context import Trade
from chengtuan.modules.trade.domain.states import GroupStatus
from chengtuan.modules.trade.problems import GroupNotFound
from chengtuan.modules.trade.repository.group_views import GroupRow, MemberRow, find_group


async def read_group(ctx: Trade, group_id: UUID) -> tuple[GroupRow, list[MemberRow]]:
    """Raises GroupNotFound, also while the initiator has not paid (rule 1)."""
    async with ctx.database.read() as db:
        found = await find_group(db, group_id)
    if found is None or found[0].status == GroupStatus.DRAFT or found[0].opened_at is None:
        raise GroupNotFound
    return found
