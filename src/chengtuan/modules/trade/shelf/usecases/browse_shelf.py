"""What is on sale, in the order a visitor likes."""

from chengtuan.kernel.pagination import Page
from chengtuan.kernel.seen import MOST_SEEN, decode_seen, encode_seen
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.shelf.rows.browse import ListingCard, cards_of, list_shelf
from chengtuan.modules.trade.shelf.rules.query import ShelfQuery


async def browse_shelf(ctx: TradeContext, query: ShelfQuery, *, cursor: str | None, limit: int) -> Page[ListingCard]:
    """Raises BadCursor.

    Sales, groups and prices move the order while somebody turns pages: the cursor holds what was seen. Cards that are
    behind are made anew, so that each says what is so, even where its place is that of a moment ago.
    """
    seen = decode_seen(cursor)
    now = ctx.clock.now()
    async with ctx.database.read() as db:
        cards = await list_shelf(db, query, now=now, seen=seen, limit=limit + 1)
        listed = cards[:limit]
        behind = [card.product_id for card in listed if card.behind]
        anew = await cards_of(db, behind, now) if behind else {}
    shown = [anew.get(card.product_id) if card.behind else card for card in listed]
    seen = [*seen, *(card.number for card in listed)]
    more = len(cards) > limit and len(seen) < MOST_SEEN
    return Page(
        items=[card for card in shown if card is not None],
        next_cursor=encode_seen(seen[:MOST_SEEN]) if more else None,
    )
