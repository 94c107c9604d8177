"""What people hold in flash sales: orders are made of it, while nobody else takes of the sale or gives back."""

from dataclasses import dataclass
from uuid import UUID

from chengtuan.modules.trade.admission.rows.facts.fact import Asked, Fact, Params, Query
from chengtuan.modules.trade.admission.rules.snapshot import HoldState
from chengtuan.modules.trade.admission.rules.wish import Wish


def of_a_hold(wish: Wish) -> bool:
    return wish.hold_id is not None


def _params(asked: Asked) -> Params:
    held = [wish for wish in asked.wishes if wish.hold_id]
    return {"sales": [wish.activity_id for wish in held], "holds": [wish.hold_id for wish in held]}


@dataclass(frozen=True, slots=True)
class _Sale:
    activity_id: UUID


_SELECT = "select activity_id from flash_stock where activity_id = any(%(sales)s::uuid[]) order by activity_id, sku_id"
ROWS = Query(
    _Sale,
    _SELECT,
    _SELECT + " for update",
    "with ours as materialized (select activity_id, sku_id from flash_stock where activity_id = any(%(sales)s::uuid[])"
    " order by activity_id, sku_id for update skip locked)"
    " select distinct activity_id as id from flash_stock where activity_id = any(%(sales)s::uuid[])"
    " and (activity_id, sku_id) not in (select activity_id, sku_id from ours)",
)
SALES = Fact("sales", (ROWS,), lambda _: {}, _params, concerns=of_a_hold)
HOLDS = Fact(
    "holds",
    (Query(HoldState, "select id, sku_id, quantity, status from flash_hold where id = any(%(holds)s::uuid[])"),),
    lambda rows: {"holds": {row.id: row for row in rows[0]}},
    _params,
    concerns=of_a_hold,
)
