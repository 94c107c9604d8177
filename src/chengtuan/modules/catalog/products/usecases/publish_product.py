from uuid import UUID

from chengtuan.kernel.editors import Editor
from chengtuan.modules.catalog.context import CatalogContext
from chengtuan.modules.catalog.facade import ProductNotFound
from chengtuan.modules.catalog.products.events import changed
from chengtuan.modules.catalog.products.rows import edits, products
from chengtuan.modules.catalog.products.rows.products import ProductRow
from chengtuan.platform.permissions import OneMerchant


async def publish_product(ctx: CatalogContext, merchant_id: UUID, product_id: UUID, editor: Editor) -> ProductRow:
    """Show it to shoppers; again changes nothing. Raises ProductNotFound."""
    return await _set(ctx, merchant_id, product_id, editor, published=True)


async def unpublish_product(ctx: CatalogContext, merchant_id: UUID, product_id: UUID, editor: Editor) -> ProductRow:
    """Show it to nobody but its merchant; again changes nothing. Raises ProductNotFound."""
    return await _set(ctx, merchant_id, product_id, editor, published=False)


async def _set(
    ctx: CatalogContext, merchant_id: UUID, product_id: UUID, editor: Editor, *, published: bool
) -> ProductRow:
    async with ctx.database.write() as tx:
        switched = await products.set_published(tx, product_id, merchant_id, published=published)
        row = await products.find_product(tx, product_id, OneMerchant(merchant_id))
        if row is None:
            raise ProductNotFound
        if switched:
            await edits.insert_edit(tx, row, ["published"], editor)
            tx.emit(changed(row))
            ctx.announce(tx, product_id)
    return row
