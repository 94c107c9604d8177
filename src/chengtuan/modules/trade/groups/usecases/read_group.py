"""Groups as their visitors and their merchant see them."""

from collections.abc import Collection
from uuid import UUID

from chengtuan.kernel.pagination import Page, decode_cursor, decode_id_cursor, encode_cursor, instant, page_of
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.groups.rows import views as group_views
from chengtuan.modules.trade.groups.rows.views import GroupCounts, GroupRow, MemberRow, OwnSeat, find_own_seat
from chengtuan.modules.trade.problems import GroupNotFound
from chengtuan.modules.trade.states import GroupStatus
from chengtuan.platform.permissions import Scope


async def read_group(ctx: TradeContext, group_id: UUID) -> tuple[GroupRow, list[MemberRow]]:
    """Raises GroupNotFound, also while the initiator has not paid (rule 1)."""
    async with ctx.database.read() as db:
        found = await group_views.find_group(db, group_id)
    if found is None or found[0].status == GroupStatus.DRAFT or found[0].opened_at is None:
        raise GroupNotFound
    return found


async def read_own_seat(ctx: TradeContext, group_id: UUID, user_ids: Collection[UUID]) -> OwnSeat | None:
    """The seat the person has, or the latest that they had."""
    async with ctx.database.read() as db:
        return await find_own_seat(db, group_id, user_ids)


async def list_merchant_groups(
    ctx: TradeContext,
    *,
    scope: Scope,
    status: str | None,
    campaign_id: UUID | None,
    cursor: str | None,
    limit: int,
) -> Page[tuple[GroupRow, list[MemberRow]]]:
    """Newest first; open ones by their deadline, the next one first. Raises BadCursor."""
    async with ctx.database.view() as db:
        if status == GroupStatus.OPEN:
            rows, members = await group_views.list_open_groups(
                db,
                scope=scope,
                activity_id=campaign_id,
                after=decode_cursor(cursor, [instant, UUID]),
                limit=limit + 1,
            )
        else:
            rows, members = await group_views.list_merchant_groups(
                db,
                scope=scope,
                statuses=[status] if status else list(GroupStatus),
                activity_id=campaign_id,
                before=decode_id_cursor(cursor),
                limit=limit + 1,
            )
    groups = [(row, [member for member in members if member.group_id == row.id]) for row in rows]
    cursor_of = _deadline_cursor if status == GroupStatus.OPEN else _id_cursor
    return page_of(groups, limit, cursor_of)


def _id_cursor(group: tuple[GroupRow, list[MemberRow]]) -> str:
    return encode_cursor(str(group[0].id))


def _deadline_cursor(group: tuple[GroupRow, list[MemberRow]]) -> str:
    deadline = group[0].deadline
    assert deadline is not None
    return encode_cursor(deadline.isoformat(), str(group[0].id))


async def count_merchant_groups(ctx: TradeContext, scope: Scope) -> GroupCounts:
    """`MOST_COUNTED` of each at most."""
    async with ctx.database.view() as db:
        return await group_views.count_groups(db, scope)
