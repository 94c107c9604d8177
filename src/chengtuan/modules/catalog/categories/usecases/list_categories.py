from chengtuan.modules.catalog.categories import rows as categories
from chengtuan.modules.catalog.categories.rows import CategoryRow
from chengtuan.modules.catalog.context import CatalogContext


async def list_categories(ctx: CatalogContext) -> list[CategoryRow]:
    async with ctx.database.read() as db:
        return await categories.list_categories(db)
