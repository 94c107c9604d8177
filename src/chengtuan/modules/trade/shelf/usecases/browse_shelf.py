"""What is on sale, in the order a visitor likes."""

from chengtuan.kernel.pagination import Page
from chengtuan.kernel.seen import MOST_SEEN, decode_seen, encode_seen
from chengtuan.modules.trade.context import Trade
from chengtuan.modules.trade.shelf.rows import listings
from chengtuan.modules.trade.shelf.rows.listings import ListingCard


async def browse_shelf(
    ctx: Trade, *, sort: str, category: str | None, query: str | None, cursor: str | None, limit: int
) -> Page[ListingCard]:
    """`sort` is one of `repository.listings.SORTS`. Raises BadCursor.

    Sales, groups and prices move the order while somebody turns pages: the cursor holds what was seen.
    """
    seen = decode_seen(cursor)
    async with ctx.database.view() as db:
        cards = await listings.list_shelf(
            db, now=ctx.clock.now(), sort=sort, category=category, query=query, seen=seen, limit=limit + 1
        )
    shown = cards[:limit]
    seen = [*seen, *(card.number for card in shown)]
    more = len(cards) > limit and len(seen) < MOST_SEEN
    return Page(items=shown, next_cursor=encode_seen(seen[:MOST_SEEN]) if more else None)
