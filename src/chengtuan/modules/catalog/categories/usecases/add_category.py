from chengtuan.modules.catalog.categories import rows as categories
from chengtuan.modules.catalog.categories.rows import CategoryRow
from chengtuan.modules.catalog.context import CatalogContext


async def add_category(ctx: CatalogContext, *, slug: str, name: dict[str, str], icon_url: str, position: int) -> None:
    """Add a category, or change the one with this slug; lists show them by position."""
    async with ctx.database.write() as tx:
        await categories.upsert_category(tx, CategoryRow(slug=slug, name=name, icon_url=icon_url), position)
