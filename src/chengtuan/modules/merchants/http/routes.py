"""Routes of `merchants`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel

from chengtuan.kernel.problems import NotAllowed, NotSignedIn
from chengtuan.modules.merchants import facade
from chengtuan.modules.merchants.context import MerchantsContext, merchant_topic
from chengtuan.modules.merchants.facade import MerchantNotFound
from chengtuan.modules.merchants.usecases.get_merchant import get_merchant
from chengtuan.platform.http.access import PUBLIC, Staff, may
from chengtuan.platform.http.fields import LTextOut
from chengtuan.platform.http.hot import Made, as_response
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section
from chengtuan.platform.permissions import Permission


class Merchant(BaseModel):
    """A shop's public face."""

    id: UUID
    name: LTextOut
    intro: LTextOut
    logo_url: str
    demo: bool

    @staticmethod
    def of(merchant: facade.Merchant) -> "Merchant":
        return Merchant.model_validate(merchant, from_attributes=True)


def routes(ctx: MerchantsContext) -> APIRouter:
    router = Section(prefix="/api/v1/merchants", tags=["merchants"])

    @router.get("/console/mine", responses=problems(NotSignedIn, NotAllowed))
    async def my_merchant(staff: Annotated[Staff, may(Permission.SHOP_READ)]) -> Merchant:
        """The shop this member of staff works for."""
        return Merchant.of(await get_merchant(ctx, staff.own_merchant()))

    @router.get("/{merchant_id}", dependencies=[PUBLIC], response_model=Merchant, responses=problems(MerchantNotFound))
    async def read_merchant(merchant_id: UUID) -> Response:
        """A shop, for everybody."""

        async def make() -> Made:
            return Made(Merchant.of(await get_merchant(ctx, merchant_id)).model_dump_json().encode())

        path = f"{router.prefix}/{merchant_id}"
        return as_response(await ctx.hot.page(path, [merchant_topic(merchant_id)], make))

    return router
