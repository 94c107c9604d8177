"""Categories, for everybody."""

from fastapi import APIRouter, Response

from chengtuan.modules.catalog.categories.http.schemas import Category, CategoryList
from chengtuan.modules.catalog.categories.usecases.list_categories import list_categories
from chengtuan.modules.catalog.context import CATEGORIES, CatalogContext
from chengtuan.platform.http.access import PUBLIC
from chengtuan.platform.http.hot import Made, as_response
from chengtuan.platform.http.section import Section


def category_routes(ctx: CatalogContext) -> APIRouter:
    router = Section(prefix="/api/v1/catalog", tags=["catalog"])

    @router.get("/categories", dependencies=[PUBLIC], response_model=CategoryList)
    async def read_categories() -> Response:
        """All categories in the order in which they are shown."""

        async def make() -> Made:
            found = CategoryList(items=[Category.of(row) for row in await list_categories(ctx)])
            return Made(found.model_dump_json().encode())

        return as_response(await ctx.hot.page(f"{router.prefix}/categories", [CATEGORIES], make))

    return router
