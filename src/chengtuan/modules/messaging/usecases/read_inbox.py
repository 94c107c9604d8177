from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from chengtuan.kernel.pagination import Page, decode_cursor, encode_cursor, instant, page_of
from chengtuan.modules.messaging import rows
from chengtuan.modules.messaging.context import MessagingContext
from chengtuan.modules.messaging.rows import InboxRow


@dataclass(frozen=True, slots=True)
class InboxPage:
    page: Page[InboxRow]
    unread: int


async def read_inbox(ctx: MessagingContext, user_ids: Collection[UUID], *, cursor: str | None, limit: int) -> InboxPage:
    """Newest first, with how many are unread in all. Raises BadCursor."""
    before = decode_cursor(cursor, [instant, UUID])
    async with ctx.database.view() as db:
        notices = await rows.list_inbox(db, user_ids, (before[0], before[1]) if before else None, limit + 1)
        unread = await rows.count_unread(db, user_ids)
    return InboxPage(page_of(notices, limit, _cursor_of), unread)


def _cursor_of(row: InboxRow) -> str:
    return encode_cursor(row.created_at.isoformat(), str(row.id))


async def mark_inbox_read(ctx: MessagingContext, user_ids: Collection[UUID]) -> None:
    async with ctx.database.write() as tx:
        await rows.mark_read(tx, user_ids, tx.clock.now())
