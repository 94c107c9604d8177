from chengtuan.modules.catalog.categories import rows as categories
from chengtuan.modules.catalog.context import CatalogContext
from chengtuan.modules.catalog.facade import ProductDraft
from chengtuan.modules.catalog.problems import UnknownCategory
from chengtuan.modules.catalog.products.rules import check_prices


async def check_draft(ctx: CatalogContext, draft: ProductDraft) -> None:
    """Raises UnknownCategory, ListPriceTooLow."""
    check_prices(draft)
    async with ctx.database.read() as db:
        if not await categories.category_exists(db, draft.category_slug):
            raise UnknownCategory
