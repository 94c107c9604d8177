"""Merchants' staff write what delivery costs, and choose for each product."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from chengtuan.kernel.pagination import BadCursor
from chengtuan.kernel.problems import NotAllowed, NotSignedIn
from chengtuan.modules.trade import problems as p
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.freight.http import schemas
from chengtuan.modules.trade.freight.problems import (
    BadFreight,
    FreightChanged,
    FreightNameTaken,
    FreightTemplateNotFound,
    FreightTemplateUsed,
    WeightMissing,
)
from chengtuan.modules.trade.freight.rows.products import ProductsWanted
from chengtuan.modules.trade.freight.usecases import read_freight
from chengtuan.modules.trade.freight.usecases.choose_default import choose_default
from chengtuan.modules.trade.freight.usecases.edit_template import create_template, edit_template
from chengtuan.modules.trade.freight.usecases.remove_template import Move, remove_template
from chengtuan.modules.trade.freight.usecases.send_product import Sending, send_product, send_products
from chengtuan.modules.trade.pricing.rules.freight import FreightUnit, Load
from chengtuan.platform.http.access import Staff, may
from chengtuan.platform.http.fields import Cursor, Limit
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section
from chengtuan.platform.http.typed_fields import Line
from chengtuan.platform.permissions import Permission, Scope

_WHO = (NotSignedIn, NotAllowed)
_TERMS = (BadFreight, FreightNameTaken)
FreightReader = Annotated[Staff, may(Permission.PRODUCTS_READ)]
FreightEditor = Annotated[Staff, may(Permission.PRODUCTS_EDIT)]


def console_freight_routes(ctx: TradeContext) -> APIRouter:
    router = Section(prefix="/api/v1/trade/console/freight", tags=["console"])

    @router.get("/templates", responses=problems(*_WHO, BadCursor))
    async def list_freight_templates(
        staff: FreightReader, cursor: Cursor = None, limit: Limit = 20
    ) -> schemas.FreightTemplatePage:
        """The merchant's templates, by name; there are 100 at most."""
        page = await read_freight.list_templates(ctx, staff.scope, cursor=cursor, limit=limit)
        items = [schemas.FreightTemplate.of(*row) for row in page.items]
        return schemas.FreightTemplatePage(items=items, next_cursor=page.next_cursor)

    @router.post("/templates", status_code=201, responses=problems(*_WHO, *_TERMS))
    async def create_freight_template(
        body: schemas.FreightTemplateInput, staff: FreightEditor
    ) -> schemas.FreightTemplate:
        """Write a template. Nothing is charged by it before a product is sent by it."""
        unit = FreightUnit(body.unit)
        row = await create_template(ctx, staff.own_merchant(), unit, body.terms(), staff.editor)
        return schemas.FreightTemplate.of(*row)

    @router.get("/templates/{template_id}", responses=problems(*_WHO, FreightTemplateNotFound))
    async def read_freight_template(template_id: UUID, staff: FreightReader) -> schemas.FreightTemplate:
        """One template, with the version that an edit names."""
        return schemas.FreightTemplate.of(*await read_freight.get_template(ctx, staff.scope, template_id))

    @router.put("/templates/{template_id}", responses=problems(*_WHO, *_TERMS, FreightTemplateNotFound, FreightChanged))
    async def edit_freight_template(
        template_id: UUID, body: schemas.FreightTemplateEdit, staff: FreightEditor
    ) -> schemas.FreightTemplate:
        """Replace the version that was read. Orders keep the freight they were placed with."""
        row = await edit_template(
            ctx, staff.own_merchant(), template_id, body.terms(), version=body.version, editor=staff.editor
        )
        return schemas.FreightTemplate.of(*row)

    @router.post(
        "/templates/{template_id}/remove",
        status_code=204,
        responses=problems(*_WHO, FreightTemplateNotFound, FreightChanged, FreightTemplateUsed, WeightMissing),
    )
    async def remove_freight_template(
        template_id: UUID, body: schemas.FreightTemplateRemoval, staff: FreightEditor
    ) -> None:
        """Take it away. Refused while products are sent by it, unless it is said how they are sent from now on."""
        move = Move(body.move.template_id) if body.move else None
        await remove_template(
            ctx, staff.own_merchant(), template_id, version=body.version, move=move, editor=staff.editor
        )

    @router.post("/default", status_code=204, responses=problems(*_WHO, FreightTemplateNotFound))
    async def choose_default_freight(body: schemas.TemplateChoice, staff: FreightEditor) -> None:
        """By which template products are sent that are made from now on."""
        await choose_default(ctx, staff.own_merchant(), body.template_id)

    @router.post("/templates/{template_id}/cost", responses=problems(*_WHO, FreightTemplateNotFound))
    async def try_freight_template(
        template_id: UUID, tried: schemas.FreightTrial, staff: FreightReader
    ) -> schemas.FreightCost:
        """What so much would cost to deliver there."""
        load = Load(pieces=tried.pieces, grams=tried.grams, goods_fen=tried.goods_fen)
        charge = await read_freight.try_template(ctx, staff.scope, template_id, load, tried.province_code)
        return schemas.FreightCost(deliverable=charge is not None, freight_fen=charge and charge.amount_fen)

    @router.get("/products", responses=problems(*_WHO, BadCursor))
    async def list_product_freights(
        staff: FreightReader,
        *,
        q: Annotated[Annotated[str, Line(60)] | None, Query()] = None,
        template_id: UUID | None = None,
        free: bool = False,
        unweighed: bool = False,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> schemas.SentProductPage:
        """Which product is sent by which template, the newest first.

        `free`: those without one; `unweighed`: those of which a variant cannot be bought, because nobody weighed it.
        """
        wanted = ProductsWanted(text=q or "", template_id=template_id, free=free, unweighed=unweighed)
        page = await read_freight.list_product_freights(ctx, staff.scope, wanted, cursor=cursor, limit=limit)
        items = [schemas.SentProduct.model_validate(row, from_attributes=True) for row in page.items]
        return schemas.SentProductPage(items=items, next_cursor=page.next_cursor)

    @router.post(
        "/products",
        status_code=204,
        responses=problems(*_WHO, p.SkuNotFound, FreightTemplateNotFound, WeightMissing, FreightChanged),
    )
    async def choose_products_freight(body: schemas.ProductsFreightEdit, staff: FreightEditor) -> None:
        """Choose one template for many products: for all of these, or none."""
        versions = {product.product_id: product.version for product in body.products}
        await send_products(ctx, staff.own_merchant(), versions, body.template_id, staff.editor)

    async def shown(product_id: UUID, scope: Scope) -> schemas.ProductFreightOut:
        return schemas.ProductFreightOut.of(*await read_freight.read_product_freight(ctx, scope, product_id))

    @router.get("/products/{product_id}", responses=problems(*_WHO, p.SkuNotFound))
    async def read_product_freight(product_id: UUID, staff: FreightReader) -> schemas.ProductFreightOut:
        """By which template it is sent, and what its variants weigh."""
        return await shown(product_id, staff.scope)

    @router.put(
        "/products/{product_id}",
        responses=problems(*_WHO, p.SkuNotFound, FreightTemplateNotFound, WeightMissing, FreightChanged),
    )
    async def edit_product_freight(
        product_id: UUID, body: schemas.ProductFreightEdit, staff: FreightEditor
    ) -> schemas.ProductFreightOut:
        """Choose the template of orders from now on; unpaid and paid ones keep their freight."""
        sending = Sending(template_id=body.template_id, grams={sku.sku_id: sku.grams for sku in body.weights})
        merchant_id = staff.own_merchant()
        await send_product(ctx, merchant_id, product_id, sending, version=body.version, editor=staff.editor)
        return await shown(product_id, staff.scope)

    return router
