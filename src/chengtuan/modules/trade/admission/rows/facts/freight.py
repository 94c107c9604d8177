"""By which templates the variants are sent: nothing is read where none of the products has one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chengtuan.modules.trade.admission.rows.facts.fact import Fact, Query
from chengtuan.modules.trade.freight.rows.templates import ZONE_COLUMNS, ZoneRow, templates_of
from chengtuan.modules.trade.pricing.rules.freight import Carried


@dataclass(frozen=True, slots=True)
class _Sent(ZoneRow):
    sku_id: UUID
    grams: int | None


_SENT = Query(
    _Sent,
    # one statement: between two, a product could change its template and be sent free
    "select s.sku_id, w.grams, "
    + ZONE_COLUMNS
    + " from listing_sku s join product_freight p using (product_id) join freight_template t on t.id = p.template_id"
    " join freight_zone z on z.template_id = t.id left join sku_weight w using (sku_id)"
    " where s.sku_id = any(%(skus)s)",
)


def _fold(rows: Sequence[list[Any]]) -> Mapping[str, Any]:
    sent: list[_Sent] = rows[0]
    templates = templates_of(sent)
    return {"carried": {row.sku_id: Carried(templates[row.template_id].terms, row.grams) for row in sent}}


CARRIED = Fact("freight", (_SENT,), _fold)
