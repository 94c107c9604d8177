from dataclasses import replace
from uuid import UUID

from chengtuan.kernel.editors import Editor
from chengtuan.modules.catalog.context import CatalogContext
from chengtuan.modules.catalog.facade import ProductDraft, ProductNotFound
from chengtuan.modules.catalog.prices.moves import check_kept_prices
from chengtuan.modules.catalog.problems import EditedMeanwhile
from chengtuan.modules.catalog.products.events import changed
from chengtuan.modules.catalog.products.rows import edits, products
from chengtuan.modules.catalog.products.rows.products import ProductRow
from chengtuan.modules.catalog.products.rules import changed_fields, variants_of
from chengtuan.modules.catalog.products.usecases.check_draft import check_draft
from chengtuan.platform.permissions import OneMerchant


async def edit_product(
    ctx: CatalogContext,
    merchant_id: UUID,
    product_id: UUID,
    draft: ProductDraft,
    *,
    version: int,
    editor: Editor,
    end_campaigns: bool = False,
) -> ProductRow:
    """Replace the content of the version that the editor read; variants not named are no longer sold.

    What changes nothing leaves no trace and no new version.
    `end_campaigns` ends the campaigns whose groups would pay more than one piece alone will cost.
    Raises ProductNotFound (another merchant's too), EditedMeanwhile, UnknownCategory, UnknownSku,
    ListPriceTooLow, DearerThanAlone.
    """
    merchant = await ctx.merchants.get_merchant(merchant_id=merchant_id)
    async with ctx.database.read() as db:
        before = await products.find_product(db, product_id, OneMerchant(merchant_id))
    if before is None:
        raise ProductNotFound
    if before.version != version:
        raise await _edited_meanwhile(ctx, merchant_id, product_id, version)
    await check_draft(ctx, draft)
    row = replace(
        before,
        merchant_name=merchant.name,
        name=draft.name,
        summary=draft.summary,
        description=draft.description,
        category_slug=draft.category_slug,
        images=draft.images,
        list_price_fen=draft.list_price_fen,
        version=version + 1,
        updated_at=ctx.clock.now(),
        skus=variants_of(draft, known={sku.sku_id for sku in before.skus}),
    )
    fields = changed_fields(before, row)
    if not fields and row.merchant_name == before.merchant_name:
        return before
    async with ctx.database.write() as tx:
        stored = await products.replace_product(tx, row)
        if stored:
            await check_kept_prices(tx, product_id, end_campaigns=end_campaigns)
            await edits.insert_edit(tx, row, fields, editor)
            tx.emit(changed(row))
            ctx.announce(tx, product_id)
    if not stored:
        raise await _edited_meanwhile(ctx, merchant_id, product_id, version)
    return row


async def _edited_meanwhile(
    ctx: CatalogContext, merchant_id: UUID, product_id: UUID, version: int
) -> EditedMeanwhile | ProductNotFound:
    """The refusal, with what others did since the version was read."""
    async with ctx.database.read() as db:
        now = await products.find_product(db, product_id, OneMerchant(merchant_id))
        since = await edits.edits_since(db, product_id, version)
    if now is None:
        return ProductNotFound()
    changes = [
        {"version": edit.version, "fields": edit.fields, "by": edit.staff_name, "at": edit.at.isoformat()}
        for edit in since
    ]
    return EditedMeanwhile(version=now.version, changes=changes)
