"""What is bought: the variants as the shelf has them, and their stock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chengtuan.modules.trade.admission.rows.facts.fact import Fact, Query
from chengtuan.modules.trade.admission.rules.snapshot import SkuState, SkuText
from chengtuan.modules.trade.goods.rows import SOLD_STOCK


@dataclass(frozen=True, slots=True)
class _Stock:
    sku_id: UUID
    available: int
    on_hand: int


_SELECT = (
    "select st.sku_id, st.available, st.on_hand from "
    + SOLD_STOCK
    + " where st.sku_id = any(%(skus)s) order by st.sku_id"
)
ROWS = Query(
    _Stock,
    _SELECT,
    _SELECT + " for update of st",
    "with ours as materialized (select st.sku_id from "
    + SOLD_STOCK
    + " where st.sku_id = any(%(skus)s) order by st.sku_id"
    " for update of st skip locked)"
    " select sku_id as id from stock where sku_id = any(%(skus)s) and sku_id not in (select sku_id from ours)",
)
_SKUS = Query(
    SkuText,
    "select s.sku_id, s.product_id, l.merchant_id, l.merchant_name, l.name as product_name, s.name as sku_name,"
    " l.image_url, s.solo_price_fen, (s.active and l.published) as on_sale"
    " from listing_sku s join listing l using (product_id) where s.sku_id = any(%(skus)s)",
)


def _fold(rows: Sequence[list[Any]]) -> Mapping[str, Any]:
    stock: dict[UUID, _Stock] = {row.sku_id: row for row in rows[0]}
    texts: dict[UUID, SkuText] = {row.sku_id: row for row in rows[1]}
    return {"texts": texts, "skus": {sku_id: _state(text, stock.get(sku_id)) for sku_id, text in texts.items()}}


def _state(text: SkuText, stock: _Stock | None) -> SkuState:
    return SkuState(
        sku_id=text.sku_id,
        product_id=text.product_id,
        merchant_id=text.merchant_id,
        solo_price_fen=text.solo_price_fen,
        on_sale=text.on_sale,
        available=stock.available if stock else 0,
        on_hand=stock.on_hand if stock else 0,
    )


STOCK = Fact("stock", (ROWS, _SKUS), _fold)
