from uuid import UUID

from chengtuan.kernel.pagination import Page, decode_cursor, encode_cursor, page_of
from chengtuan.modules.catalog.context import Catalog
from chengtuan.modules.catalog.repository import products
from chengtuan.modules.catalog.repository.products import ProductRow


async def list_own_products(
    ctx: Catalog, merchant_id: UUID, *, query: str | None, cursor: str | None, limit: int
) -> Page[ProductRow]:
    """A merchant's products, the newest first; `query` is part of a name. Raises BadCursor."""
    position = decode_cursor(cursor, [UUID])
    before = position[0] if position else None
    assert before is None or isinstance(before, UUID)
    async with ctx.database.read() as db:
        rows = await products.list_products(db, merchant_id, pattern=_contains(query), before=before, limit=limit + 1)
    return page_of(rows, limit, lambda row: encode_cursor(str(row.id)))


def _contains(query: str | None) -> str | None:
    """A LIKE pattern in which what the user typed stands for itself."""
    text = (query or "").strip()
    if not text:
        return None
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
