"""What makes a product's content acceptable, beyond the shape of its fields."""

from uuid import UUID

from chengtuan.kernel.ids import new_id
from chengtuan.modules.catalog.facade import ProductDraft, SkuSnapshot
from chengtuan.modules.catalog.problems import ListPriceTooLow, UnknownSku

FIELDS = ("name", "summary", "description", "category_slug", "images", "list_price_fen", "skus")
"""What a merchant writes about a product."""


def check_prices(draft: ProductDraft) -> None:
    """A struck-through price below every real price would mislead. Raises ListPriceTooLow."""
    lowest = min(sku.solo_price_fen for sku in draft.skus)
    if draft.list_price_fen is not None and draft.list_price_fen < lowest:
        raise ListPriceTooLow


def variants_of(draft: ProductDraft, known: set[UUID]) -> list[SkuSnapshot]:
    """The draft's variants in order, new ones with fresh ids. Raises UnknownSku."""
    named = [sku.sku_id for sku in draft.skus if sku.sku_id is not None]
    if len(set(named)) != len(named) or not known.issuperset(named):
        raise UnknownSku
    return [
        SkuSnapshot(sku_id=sku.sku_id or new_id(), name=sku.name, solo_price_fen=sku.solo_price_fen)
        for sku in draft.skus
    ]


def changed_fields(before: object, after: object) -> list[str]:
    """The names of the fields that differ between two versions of a product, in the order of the form."""
    return [field for field in FIELDS if getattr(before, field) != getattr(after, field)]
