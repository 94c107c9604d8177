"""Pictures of a merchant's products."""

from typing import Annotated

from fastapi import APIRouter, Request

from chengtuan.kernel.problems import InvalidRequest, NotAllowed, NotSignedIn, Overloaded, TooLarge, TooManyRequests
from chengtuan.modules.catalog.context import CatalogContext
from chengtuan.modules.catalog.pictures.http.schemas import Media
from chengtuan.modules.catalog.pictures.rows.store import PictureStore
from chengtuan.modules.catalog.pictures.usecases.upload_media import upload_media
from chengtuan.modules.catalog.problems import (
    BadImage,
)
from chengtuan.platform.http.access import Staff, may
from chengtuan.platform.http.bodies import TooSlow, describe_upload, read_upload
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section
from chengtuan.platform.permissions import Permission

_STAFF = (NotSignedIn, NotAllowed, InvalidRequest)
ProductEditor = Annotated[Staff, may(Permission.PRODUCTS_EDIT)]


def media_routes(ctx: CatalogContext, store: PictureStore) -> APIRouter:
    router = Section(prefix="/api/v1/catalog/console/media", tags=["catalog"])

    @router.post(
        "",
        status_code=201,
        responses=problems(*_STAFF, BadImage, TooLarge, TooManyRequests, TooSlow, Overloaded),
        openapi_extra=describe_upload("file"),
    )
    async def upload_console_media(request: Request, staff: ProductEditor) -> Media:
        """Upload a JPEG, PNG or WebP of at most 10 MB. It is stored as WebP, upright, without metadata."""
        merchant_id = staff.own_merchant()
        upload = await read_upload(request, "file")  # only now: nobody else's bytes are taken
        return Media.of(*await upload_media(ctx, store, upload, merchant_id=merchant_id, staff_id=staff.staff_id))

    return router
