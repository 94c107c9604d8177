from chengtuan.modules.catalog.context import Catalog
from chengtuan.modules.catalog.repository import categories
from chengtuan.modules.catalog.repository.categories import CategoryRow


async def list_categories(ctx: Catalog) -> list[CategoryRow]:
    async with ctx.database.view() as db:
        return await categories.list_categories(db)
