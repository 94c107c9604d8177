"""Categories, for everybody."""

from fastapi import APIRouter

from chengtuan.modules.catalog.categories.http.schemas import Category, CategoryList
from chengtuan.modules.catalog.categories.usecases.list_categories import list_categories
from chengtuan.modules.catalog.context import CatalogContext
from chengtuan.platform.http.access import PUBLIC
from chengtuan.platform.http.section import Section


def category_routes(ctx: CatalogContext) -> APIRouter:
    router = Section(prefix="/api/v1/catalog", tags=["catalog"])

    @router.get("/categories", dependencies=[PUBLIC])
    async def read_categories() -> CategoryList:
        """All categories in the order in which they are shown."""
        return CategoryList(items=[Category.of(row) for row in await list_categories(ctx)])

    return router
