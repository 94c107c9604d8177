"""Freight in the console."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from chengtuan.kernel.money import MAX_FEN
from chengtuan.modules.trade.freight.rows.products import ProductFreight, SkuWeight
from chengtuan.modules.trade.freight.rows.templates import TemplateRow, TemplateUse
from chengtuan.modules.trade.freight.usecases.edit_template import TemplateTerms
from chengtuan.modules.trade.limits import MAX_GRAMS, MAX_QUANTITY
from chengtuan.modules.trade.pricing.rules.freight import Zone as ZoneTerms
from chengtuan.platform.http.fields import FenIn, FenOut, Instant, LTextOut, Version, VersionOut
from chengtuan.platform.http.lists import EachOnce
from chengtuan.platform.http.typed_fields import Line

MAX_UNITS = 1_000_000
MAX_FREIGHT_FEN = 10_000_00
"""One step of a zone costs no more: what is typed above is a mistake."""

MAX_AT_ONCE = 100
"""Products that one request chooses a template for."""

Province = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
Units = Annotated[int, Field(ge=1, le=MAX_UNITS, strict=True)]
Grams = Annotated[int, Field(ge=1, le=MAX_GRAMS, strict=True)]
FreightFen = Annotated[int, Field(ge=0, le=MAX_FREIGHT_FEN, strict=True, description="fen, 1/100 yuan")]
Unit = Literal["piece", "gram"]


class FreightZone(BaseModel):
    """Prices for `regions`, or for everywhere else where that is empty: the first units, and each further step begun.

    It is free from so much of goods on, counted after all reductions, or from so many pieces on.
    """

    regions: Annotated[list[Province], Field(max_length=40)]
    first_units: Units
    first_fen: FreightFen
    further_units: Units
    further_fen: FreightFen
    free_from_fen: Annotated[int, Field(ge=1, le=MAX_FEN, strict=True)] | None = None
    free_from_pieces: Units | None = None

    def terms(self) -> ZoneTerms:
        return ZoneTerms(**(dict(self) | {"regions": frozenset(self.regions)}))


class FreightTerms(BaseModel):
    name: Annotated[str, Line(60, least=1)]
    zones: Annotated[list[FreightZone], Field(min_length=1, max_length=35)]
    undelivered: Annotated[list[Province], Field(max_length=40)] = []

    @model_validator(mode="after")
    def each_once(self) -> "FreightTerms":
        for named in (self.undelivered, *(zone.regions for zone in self.zones)):
            if len(set(named)) < len(named):
                raise ValueError("a province is named once")
        return self

    def terms(self) -> TemplateTerms:
        zones = [zone.terms() for zone in self.zones]
        return TemplateTerms(name=self.name, zones=zones, undelivered=self.undelivered)


class FreightTemplateInput(FreightTerms):
    """A gram counts what variants weigh; it stays what it is."""

    unit: Unit


class FreightTemplateEdit(FreightTerms):
    version: Version


class TemplateChoice(BaseModel):
    """Null: sent free."""

    template_id: UUID | None


class FreightTemplateRemoval(BaseModel):
    """`move`: what is sent by it is sent by another template from now on, or (`template_id` null) free."""

    version: Version
    move: TemplateChoice | None = None


class FreightTemplate(BaseModel):
    """The zone of everywhere else comes first. `products` are sent by it; `is_default`: new ones are, too.

    `edited_by` is null where it is not known.
    """

    id: UUID
    name: str
    unit: Unit
    zones: list[FreightZone]
    undelivered: list[str]
    version: VersionOut
    products: int
    is_default: bool
    edited_at: Instant
    edited_by: str | None

    @staticmethod
    def of(row: TemplateRow, use: TemplateUse) -> "FreightTemplate":
        zones = [
            FreightZone.model_validate(
                {name: getattr(zone, name) for name in FreightZone.model_fields} | {"regions": sorted(zone.regions)}
            )
            for zone in row.terms.zones
        ]
        return FreightTemplate(
            id=row.id,
            name=row.name,
            unit=row.terms.unit.value,
            zones=zones,
            undelivered=sorted(row.terms.undelivered),
            version=row.version,
            products=use.products,
            is_default=use.is_default,
            edited_at=use.edited_at,
            edited_by=use.edited_by,
        )


class FreightTemplatePage(BaseModel):
    items: list[FreightTemplate]
    next_cursor: str | None


class FreightTrial(BaseModel):
    """So many pieces of so many grams together, for which `goods_fen` are paid."""

    province_code: Province
    pieces: Annotated[int, Field(ge=1, le=MAX_QUANTITY, strict=True)]
    grams: Annotated[int, Field(ge=0, le=MAX_QUANTITY * MAX_GRAMS, strict=True)] = 0
    goods_fen: FenIn = 0


class FreightCost(BaseModel):
    """`freight_fen` is null where it is not delivered to."""

    deliverable: bool
    freight_fen: FenOut | None


class SkuGrams(BaseModel):
    """What one piece weighs; null: not known."""

    sku_id: UUID
    grams: Grams | None


class SkuGramsOut(SkuGrams):
    name: LTextOut


class ProductFreightEdit(BaseModel):
    """`template_id` null: sent free. `version` as it was read, 0 if nobody has chosen yet."""

    template_id: UUID | None
    weights: Annotated[list[SkuGrams], Field(max_length=200), EachOnce("sku_id")] = []
    version: Annotated[int, Field(ge=0, le=2_000_000_000, strict=True)]


class ProductVersion(BaseModel):
    """`version` of what was chosen for it, 0 if nobody has chosen yet."""

    product_id: UUID
    version: Annotated[int, Field(ge=0, le=2_000_000_000, strict=True)]


class ProductsFreightEdit(TemplateChoice):
    products: Annotated[list[ProductVersion], Field(min_length=1, max_length=MAX_AT_ONCE), EachOnce("product_id")]


class SentProduct(BaseModel):
    """`template_id` null: sent free. `unweighed` variants cannot be bought before somebody weighs them."""

    product_id: UUID
    name: LTextOut
    image_url: str
    published: bool
    template_id: UUID | None
    template_name: str | None
    version: VersionOut
    unweighed: int


class SentProductPage(BaseModel):
    items: list[SentProduct]
    next_cursor: str | None


class ProductFreightOut(BaseModel):
    """`unweighed` variants cannot be bought: the template counts weight.

    `edited_by` is null where a default chose, or where who did is not known.
    """

    template_id: UUID | None
    template_name: str | None
    unweighed: int
    weights: list[SkuGramsOut]
    version: VersionOut
    edited_at: Instant | None
    edited_by: str | None

    @staticmethod
    def of(found: ProductFreight, weights: list[SkuWeight]) -> "ProductFreightOut":
        return ProductFreightOut(
            template_id=found.template_id,
            template_name=found.template_name,
            unweighed=sum(sku.grams is None for sku in weights) if found.by_weight else 0,
            weights=[SkuGramsOut.model_validate(sku, from_attributes=True) for sku in weights],
            version=found.version,
            edited_at=found.edited_at,
            edited_by=found.edited_by,
        )
