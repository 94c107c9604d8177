"""What makes a product acceptable, beyond the shape of its fields."""

from dataclasses import replace
from uuid import uuid4

import pytest

from chengtuan.modules.catalog.facade import ProductDraft, SkuDraft
from chengtuan.modules.catalog.problems import ListPriceTooLow, UnknownSku
from chengtuan.modules.catalog.products.rules import check_prices, variants_of

DRAFT = ProductDraft(
    name={"en": "Rice"},
    summary={"en": "Rice"},
    description={"en": "Rice"},
    category_slug="pantry",
    images=["/media/r.webp"],
    list_price_fen=None,
    skus=[SkuDraft(name={"en": "5 kg"}, solo_price_fen=500), SkuDraft(name={"en": "1 kg"}, solo_price_fen=100)],
)


@pytest.mark.parametrize("list_price", [None, 100, 300, 500])
def test_a_list_price_may_be_struck_through_beside_a_lower_price(list_price: int | None) -> None:
    check_prices(replace(DRAFT, list_price_fen=list_price))


def test_a_list_price_below_every_price_is_refused() -> None:
    with pytest.raises(ListPriceTooLow):
        check_prices(replace(DRAFT, list_price_fen=99))


def test_variants_keep_their_order_and_ids_and_new_ones_get_one() -> None:
    known = uuid4()
    skus = [DRAFT.skus[0], replace(DRAFT.skus[1], sku_id=known)]
    first, second = variants_of(replace(DRAFT, skus=skus), {known, uuid4()})
    assert (first.name, second.sku_id, second.solo_price_fen) == ({"en": "5 kg"}, known, 100)
    assert first.sku_id not in (known, None)


@pytest.mark.parametrize("count", [1, 2])
def test_strange_and_repeated_variants_are_refused(count: int) -> None:
    sku_id = uuid4()
    known = set() if count == 1 else {sku_id}
    with pytest.raises(UnknownSku):
        variants_of(replace(DRAFT, skus=[replace(DRAFT.skus[0], sku_id=sku_id)] * count), known)
