from dataclasses import replace
from uuid import UUID

from chengtuan.modules.catalog.context import Catalog
from chengtuan.modules.catalog.domain.drafts import variants_of
from chengtuan.modules.catalog.facade import ProductDraft, ProductNotFound
from chengtuan.modules.catalog.problems import EditedMeanwhile
from chengtuan.modules.catalog.repository import products
from chengtuan.modules.catalog.repository.products import ProductRow
from chengtuan.modules.catalog.snapshots import changed
from chengtuan.modules.catalog.usecases.create_product import check_draft


async def edit_product(ctx: Catalog, merchant_id: UUID, product_id: UUID, draft: ProductDraft) -> ProductRow:
    """Replace a product's content; variants that the draft does not name are no longer sold.

    Raises ProductNotFound (another merchant's too), EditedMeanwhile, UnknownCategory, UnknownSku,
    ListPriceTooLow.
    """
    await check_draft(ctx, draft)
    merchant = await ctx.merchants.get_merchant(merchant_id=merchant_id)
    async with ctx.database.read() as db:
        before = await products.find_product(db, product_id, merchant_id)
    if before is None:
        raise ProductNotFound
    row = replace(
        before,
        merchant_name=merchant.name,
        name=draft.name,
        summary=draft.summary,
        description=draft.description,
        category_slug=draft.category_slug,
        images=draft.images,
        list_price_fen=draft.list_price_fen,
        version=before.version + 1,
        updated_at=ctx.clock.now(),
        skus=variants_of(draft, known={sku.sku_id for sku in before.skus}),
    )
    async with ctx.database.write() as tx:
        if not await products.replace_product(tx, row):
            raise EditedMeanwhile
        tx.emit(changed(row))
        ctx.announce(tx, product_id)
    return row
