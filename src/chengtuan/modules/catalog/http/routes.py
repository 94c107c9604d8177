"""Routes of `catalog`."""

from fastapi import APIRouter

from chengtuan.modules.catalog.context import Catalog
from chengtuan.modules.catalog.http.console import media_routes, product_routes
from chengtuan.modules.catalog.http.shop import shop_routes
from chengtuan.platform.http.section import Section


def routes(ctx: Catalog) -> APIRouter:
    router = Section(prefix="/api/v1/catalog")
    for part in (shop_routes, product_routes, media_routes):
        router.include_router(part(ctx))
    return router
