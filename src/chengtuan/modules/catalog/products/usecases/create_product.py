from uuid import UUID

from chengtuan.kernel.ids import new_id
from chengtuan.modules.catalog.context import CatalogContext
from chengtuan.modules.catalog.facade import ProductDraft
from chengtuan.modules.catalog.products.events import changed
from chengtuan.modules.catalog.products.rows import products
from chengtuan.modules.catalog.products.rows.products import ProductRow
from chengtuan.modules.catalog.products.rules import variants_of
from chengtuan.modules.catalog.products.usecases.check_draft import check_draft


async def create_product(
    ctx: CatalogContext,
    merchant_id: UUID,
    draft: ProductDraft,
    *,
    request_id: UUID | None = None,
    demo: bool = False,
    publish: bool = False,
) -> ProductRow:
    """A merchant's new product, not shown to shoppers until it is published.

    A `request_id` (the Idempotency-Key) makes one product: repeated, it gives that one as it is now, not this draft.
    Raises UnknownCategory, UnknownSku, ListPriceTooLow, MerchantNotFound.
    """
    await check_draft(ctx, draft)
    merchant = await ctx.merchants.get_merchant(merchant_id=merchant_id)
    now = ctx.clock.now()
    row = ProductRow(
        id=new_id(),
        merchant_id=merchant_id,
        merchant_name=merchant.name,
        name=draft.name,
        summary=draft.summary,
        description=draft.description,
        category_slug=draft.category_slug,
        images=draft.images,
        list_price_fen=draft.list_price_fen,
        published=publish,
        demo=demo,
        version=1,
        created_at=now,
        updated_at=now,
        skus=variants_of(draft, known=set()),
    )
    async with ctx.database.write() as tx:
        if await products.insert_product(tx, row, request_id):
            tx.emit(changed(row))
            return row
        made = await products.find_product_of_request(tx, merchant_id, request_id) if request_id else None
    if made is None:
        raise RuntimeError("a product that was made before is gone")
    return made
