"""A product as everybody may read it."""

from uuid import UUID

from fastapi import APIRouter, Response

from chengtuan.kernel.problems import InvalidRequest
from chengtuan.modules.catalog.context import CatalogContext, product_topic
from chengtuan.modules.catalog.facade import ProductNotFound
from chengtuan.modules.catalog.products.http.schemas import Product
from chengtuan.modules.catalog.products.usecases.get_product import read_public_product
from chengtuan.platform.http.access import PUBLIC
from chengtuan.platform.http.hot import Made, as_response
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section


def product_routes(ctx: CatalogContext) -> APIRouter:
    router = Section(prefix="/api/v1/catalog", tags=["catalog"])

    @router.get(
        "/products/{product_id}",
        dependencies=[PUBLIC],
        response_model=Product,
        responses=problems(InvalidRequest, ProductNotFound),
    )
    async def read_product(product_id: UUID) -> Response:
        """A product; `published` is false once it was withdrawn. What it costs in a group is `trade`'s offer."""

        async def document() -> Made:
            return Made((await read_public_product(ctx, product_id)).encode())

        path = f"/api/v1/catalog/products/{product_id}"
        return as_response(await ctx.hot.page(path, [product_topic(product_id)], document))

    return router
