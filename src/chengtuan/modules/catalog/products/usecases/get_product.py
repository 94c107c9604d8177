from uuid import UUID

from chengtuan.modules.catalog.context import CatalogContext
from chengtuan.modules.catalog.facade import ProductNotFound
from chengtuan.modules.catalog.products.rows import products
from chengtuan.modules.catalog.products.rows.products import ProductRow
from chengtuan.platform.permissions import Scope


async def get_product(ctx: CatalogContext, product_id: UUID, scope: Scope) -> ProductRow:
    """Published or not. Raises ProductNotFound, also outside the scope."""
    async with ctx.database.read() as db:
        row = await products.find_product(db, product_id, scope)
    if row is None:
        raise ProductNotFound
    return row


async def read_public_product(ctx: CatalogContext, product_id: UUID) -> str:
    """A product as JSON text; one that was withdrawn says so. Raises ProductNotFound if nobody was shown it yet."""
    async with ctx.database.read() as db:
        document = await products.public_document(db, product_id)
    if document is None:
        raise ProductNotFound
    return document
