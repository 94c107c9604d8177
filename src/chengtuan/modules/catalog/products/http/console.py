"""The merchant's console: own products."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from chengtuan.kernel.pagination import BadCursor
from chengtuan.kernel.problems import InvalidRequest, NotAllowed, NotSignedIn
from chengtuan.modules.catalog.context import CatalogContext
from chengtuan.modules.catalog.facade import DearerThanAlone, ProductNotFound
from chengtuan.modules.catalog.problems import (
    EditedMeanwhile,
    ListPriceTooLow,
    UnknownCategory,
    UnknownSku,
)
from chengtuan.modules.catalog.products.http.schemas import (
    ConsoleProduct,
    ProductEdit,
    ProductInput,
    ProductRow,
    ProductRowList,
)
from chengtuan.modules.catalog.products.usecases.create_product import create_product
from chengtuan.modules.catalog.products.usecases.edit_product import edit_product
from chengtuan.modules.catalog.products.usecases.get_product import get_product
from chengtuan.modules.catalog.products.usecases.list_own_products import list_own_products
from chengtuan.modules.catalog.products.usecases.publish_product import publish_product, unpublish_product
from chengtuan.platform.http.access import Staff, may
from chengtuan.platform.http.fields import Cursor, Limit, OptionalIdempotencyKey
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section
from chengtuan.platform.http.typed_fields import Line
from chengtuan.platform.permissions import Permission

_STAFF = (NotSignedIn, NotAllowed, InvalidRequest)
ProductReader = Annotated[Staff, may(Permission.PRODUCTS_READ)]
ProductEditor = Annotated[Staff, may(Permission.PRODUCTS_EDIT)]
_DRAFT = (UnknownCategory, UnknownSku, ListPriceTooLow)
Search = Annotated[Annotated[str, Line(100)] | None, Query(description="Part of a name, in any language")]

EndCampaigns = Annotated[
    bool, Query(description="End the campaigns whose groups would pay more than one piece alone will cost")
]


def console_product_routes(ctx: CatalogContext) -> APIRouter:
    router = Section(prefix="/api/v1/catalog/console/products", tags=["catalog"])

    @router.get("", responses=problems(*_STAFF, BadCursor))
    async def list_console_products(
        staff: ProductReader, q: Search = None, cursor: Cursor = None, limit: Limit = 20
    ) -> ProductRowList:
        """The merchant's products, published or not, the newest first."""
        page = await list_own_products(ctx, staff.own_merchant(), query=q, cursor=cursor, limit=limit)
        return ProductRowList(items=[ProductRow.of(row) for row in page.items], next_cursor=page.next_cursor)

    @router.post("", status_code=201, responses=problems(*_STAFF, *_DRAFT))
    async def create_console_product(
        body: ProductInput, staff: ProductEditor, key: OptionalIdempotencyKey = None
    ) -> ConsoleProduct:
        """Write a product; shoppers see it once it is published.

        The same Idempotency-Key makes one product: repeated, it is answered as it is now, also if the body is another.
        """
        return ConsoleProduct.of(await create_product(ctx, staff.own_merchant(), body.draft(), request_id=key))

    @router.get("/{product_id}", responses=problems(*_STAFF, ProductNotFound))
    async def read_console_product(product_id: UUID, staff: ProductReader) -> ConsoleProduct:
        """One of the merchant's products, published or not."""
        return ConsoleProduct.of(await get_product(ctx, product_id, staff.scope))

    @router.put(
        "/{product_id}", responses=problems(*_STAFF, *_DRAFT, ProductNotFound, EditedMeanwhile, DearerThanAlone)
    )
    async def edit_console_product(
        product_id: UUID, body: ProductEdit, staff: ProductEditor, end_campaigns: EndCampaigns = False
    ) -> ConsoleProduct:
        """Replace the content of the version that was read. Orders keep the prices they were placed with."""
        return ConsoleProduct.of(
            await edit_product(
                ctx,
                staff.own_merchant(),
                product_id,
                body.draft(),
                version=body.version,
                editor=staff.editor,
                end_campaigns=end_campaigns,
            )
        )

    @router.post("/{product_id}/publish", responses=problems(*_STAFF, ProductNotFound))
    async def publish_console_product(product_id: UUID, staff: ProductEditor) -> ConsoleProduct:
        """Show it to shoppers."""
        return ConsoleProduct.of(await publish_product(ctx, staff.own_merchant(), product_id, staff.editor))

    @router.post("/{product_id}/unpublish", responses=problems(*_STAFF, ProductNotFound))
    async def unpublish_console_product(product_id: UUID, staff: ProductEditor) -> ConsoleProduct:
        """Take it off the shelf; groups that are under way go on."""
        return ConsoleProduct.of(await unpublish_product(ctx, staff.own_merchant(), product_id, staff.editor))

    return router
