from uuid import UUID

from chengtuan.kernel.pagination import Page, decode_cursor, encode_cursor, page_of
from chengtuan.kernel.search import words_of
from chengtuan.modules.catalog.context import CatalogContext
from chengtuan.modules.catalog.products.rows import products
from chengtuan.modules.catalog.products.rows.products import ProductRow


async def list_own_products(
    ctx: CatalogContext, merchant_id: UUID, *, query: str | None, cursor: str | None, limit: int
) -> Page[ProductRow]:
    """A merchant's products, the newest first; `query` is words of a name. Raises BadCursor."""
    position = decode_cursor(cursor, [UUID])
    before = position[0] if position else None
    assert before is None or isinstance(before, UUID)
    async with ctx.database.view() as db:
        rows = await products.list_products(
            db, merchant_id, words=words_of(query or ""), before=before, limit=limit + 1
        )
    return page_of(rows, limit, lambda row: encode_cursor(str(row.id)))
