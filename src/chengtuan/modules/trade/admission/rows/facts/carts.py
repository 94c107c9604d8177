"""What is in the carts that orders are made from."""

from dataclasses import dataclass
from uuid import UUID

from chengtuan.modules.trade.admission.rows.facts.fact import Asked, Fact, Params, Query


@dataclass(frozen=True, slots=True)
class _Carted:
    user_id: UUID
    sku_id: UUID
    quantity: int


_CARTED = Query(
    _Carted,
    # nobody else changes them: who changes a cart holds its person, as an order does (`buyers.LOCKED`)
    "select user_id, sku_id, quantity from cart_line where user_id = any(%(carts)s) and sku_id = any(%(skus)s)",
)


def _params(asked: Asked) -> Params:
    return {"carts": [user_id for wish in asked.wishes if wish.from_cart for user_id in wish.buyer_ids]}


CARTED = Fact(
    "carted",
    (_CARTED,),
    lambda rows: {"carted": {(row.user_id, row.sku_id): row.quantity for row in rows[0]}},
    _params,
    concerns=lambda wish: wish.from_cart,
)
