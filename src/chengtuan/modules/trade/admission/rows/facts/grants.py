"""What was granted before, and to whom else it belongs."""

from dataclasses import dataclass
from uuid import UUID

from chengtuan.modules.trade.admission.rows.facts.fact import Fact, Query


@dataclass(frozen=True, slots=True)
class _Granted:
    user_id: UUID
    request_id: UUID
    order_id: UUID
    request_hash: bytes


_GRANTED = Query(
    _Granted,
    "select user_id, request_id, id as order_id, request_hash from shop_order"
    " where (user_id, request_id) in (select * from unnest(%(users)s::uuid[], %(requests)s::uuid[]))",
)
GRANTED = Fact(
    "granted",
    (_GRANTED,),
    lambda rows: {
        "granted": {(row.user_id, row.request_id): (row.order_id, bytes(row.request_hash)) for row in rows[0]}
    },
)


@dataclass(frozen=True, slots=True)
class _United:
    absorbed_id: UUID
    user_id: UUID


_UNITED = Query(
    _United,
    "select absorbed_id, user_id from united_buyer where absorbed_id = any(%(users)s) or user_id = any(%(users)s)",
)
UNITED = Fact("united", (_UNITED,), lambda rows: {"united": {(row.absorbed_id, row.user_id) for row in rows[0]}})
