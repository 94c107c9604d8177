"""What is on sale, in the order a visitor likes."""

from uuid import UUID

from chengtuan.kernel.pagination import Page, bigint, decode_cursor, encode_cursor, page_of
from chengtuan.modules.trade.context import Trade
from chengtuan.modules.trade.repository import listings
from chengtuan.modules.trade.repository.listings import ListingCard


async def browse_shelf(
    ctx: Trade, *, sort: str, category: str | None, query: str | None, cursor: str | None, limit: int
) -> Page[ListingCard]:
    """`sort` is one of `repository.listings.SORTS`. Raises BadCursor."""
    after = decode_cursor(cursor, [bigint, UUID])
    async with ctx.database.read() as db:
        cards = await listings.list_shelf(
            db, now=ctx.clock.now(), sort=sort, category=category, query=query, after=after, limit=limit + 1
        )
    return page_of(cards, limit, lambda card: encode_cursor(card.rank, str(card.product_id)))
