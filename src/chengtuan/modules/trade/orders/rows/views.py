"""Orders as their buyer and their merchant see them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from chengtuan.modules.trade.activities.rows.with_terms import TOP
from chengtuan.modules.trade.activities.rules.progress import Filling, filling_of
from chengtuan.modules.trade.limits import MOST_COUNTED
from chengtuan.platform.by_state import (
    EVER,
    FIRST,
    LAST,
    counts_of_states,
    of_scope,
    page_of_states,
    params_of_counts,
    params_of_page,
)
from chengtuan.platform.database import ReadSession, ViewSession
from chengtuan.platform.permissions import Scope


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order with a glance at its group. Amounts in fen."""

    id: UUID
    number: str
    user_id: UUID
    merchant_id: UUID
    merchant_name: dict[str, str]
    kind: str
    status: str
    activity_id: UUID | None
    group_id: UUID | None
    goods_fen: int
    off_fen: int
    freight_fen: int
    payable_fen: int
    paid_fen: int
    refunded_fen: int
    address_sealed: bytes
    remark: str
    remark_sealed: bytes | None
    created_at: datetime
    pay_before: datetime
    paid_at: datetime | None
    ready_at: datetime | None
    shipped_at: datetime | None
    completed_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str | None
    group_status: str | None
    group_goal: str | None
    group_missing: int | None
    group_seats: int | None
    group_paid: int | None
    group_locked: int | None
    group_size: int | None
    group_deadline: datetime | None
    is_initiator: bool | None

    @property
    def group(self) -> Filling | None:
        return filling_of(self.group_goal, self.group_missing, self.group_seats, self.group_paid, self.group_locked)


SELECT: LiteralString = (
    "select o.id, o.number, o.user_id, o.merchant_id, o.merchant_name, o.kind, o.status, o.activity_id, o.group_id,"
    " o.goods_fen, o.off_fen, o.freight_fen, o.payable_fen, o.paid_fen, o.refunded_fen,"
    " o.address_sealed, o.remark, o.remark_sealed, o.created_at, o.pay_before, o.paid_at, o.ready_at,"
    " o.shipped_at, o.completed_at, o.cancelled_at, o.cancel_reason, g.status as group_status,"
    " g.goal as group_goal, g.missing as group_missing, g.seats as group_seats, g.paid as group_paid,"
    " g.locked as group_locked, " + TOP + " as group_size,"
    " g.deadline as group_deadline, g.initiator_id = o.user_id as is_initiator"
    " from shop_order o left join buy_group g on g.id = o.group_id"
)


async def find_order_in_scope(db: ReadSession, order_id: UUID, scope: Scope) -> OrderView | None:
    return await db.fetch_one(
        OrderView,
        SELECT + " where o.id = %(id)s and (%(all_merchants)s or o.merchant_id = %(merchant)s)",
        {"id": order_id, **scope.params()},
    )


_OF_USERS: LiteralString = (
    SELECT + " where o.id = any(array(select x.id from unnest(%(users)s::uuid[]) u(id) cross join lateral"
    " (select x.id from shop_order x where x.user_id = u.id and x.status = any(%(statuses)s) and x.id < %(beyond)s"
    " order by x.id desc limit %(limit)s) x order by x.id desc limit %(limit)s)) order by o.id desc"
)


async def list_orders_of_user(
    db: ReadSession, *, user_ids: Collection[UUID], statuses: Sequence[str], before: UUID | None, limit: int
) -> list[OrderView]:
    """Newest first."""
    return await db.fetch_all(
        OrderView,
        _OF_USERS,
        {"users": list(user_ids), "statuses": list(statuses), "beyond": before or LAST, "limit": limit},
    )


async def list_orders_in_scope(
    db: ViewSession, *, scope: Scope, statuses: Sequence[str], before: UUID | None, limit: int
) -> list[OrderView]:
    """Newest first."""
    return await db.fetch_all(
        OrderView,
        SELECT + " where o.id = any(array(" + page_of_states("shop_order", scope) + ")) order by o.id desc",
        params_of_page(scope, statuses, beyond=before, limit=limit),
    )


async def list_orders_of_group(
    db: ViewSession, *, scope: Scope, group_id: UUID, statuses: list[str] | None, before: UUID | None, limit: int
) -> list[OrderView]:
    """Newest first. A query of its own: the index of the group finds them, whatever else there is."""
    return await db.fetch_all(
        OrderView,
        SELECT + " where o.group_id = %(group)s and (%(all_merchants)s or o.merchant_id = %(merchant)s)"
        " and (%(statuses)s::text[] is null or o.status = any(%(statuses)s))"
        " and (%(before)s::uuid is null or o.id < %(before)s) order by o.id desc limit %(limit)s",
        {**scope.params(), "group": group_id, "statuses": statuses, "before": before, "limit": limit},
    )


async def list_orders_of_activity(
    db: ViewSession, *, scope: Scope, activity_id: UUID, statuses: list[str] | None, before: UUID | None, limit: int
) -> list[OrderView]:
    """Of a flash sale, newest first. A query of its own, as for a group: the index of the sale's orders finds them."""
    return await db.fetch_all(
        OrderView,
        SELECT + " where o.activity_id = %(activity)s and o.kind = 'flash'"
        " and (%(all_merchants)s or o.merchant_id = %(merchant)s)"
        " and (%(statuses)s::text[] is null or o.status = any(%(statuses)s))"
        " and (%(before)s::uuid is null or o.id < %(before)s) order by o.id desc limit %(limit)s",
        {**scope.params(), "activity": activity_id, "statuses": statuses, "before": before, "limit": limit},
    )


async def list_orders_to_ship(
    db: ViewSession, *, scope: Scope, after: tuple[datetime, UUID] | None, limit: int
) -> list[OrderView]:
    """Those whose merchant's turn it is, the one that waits longest first. `after`: ready at, and the order."""
    ready_at, order_id = after or (EVER, FIRST)
    return await db.fetch_all(
        OrderView,
        SELECT + " where o.status = 'to_ship'" + of_scope(scope, "o.merchant_id") + " and"
        " (o.ready_at, o.id) > (%(ready_at)s, %(id)s::uuid) order by o.ready_at, o.id limit %(limit)s",
        {**scope.params(), "ready_at": ready_at, "id": order_id, "limit": limit},
    )


async def count_orders_of_user(db: ViewSession, user_ids: Collection[UUID]) -> dict[str, int]:
    """Orders by status."""
    return dict(
        await db.fetch_tuples(
            "select status, count(*)::int from shop_order where user_id = any(%s) group by status", (list(user_ids),)
        )
    )


async def count_orders_in_scope(db: ViewSession, scope: Scope, statuses: Sequence[str]) -> dict[str, int]:
    """Orders by status, `MOST_COUNTED` of each at most."""
    return dict(
        await db.fetch_tuples(counts_of_states("shop_order", scope), params_of_counts(scope, statuses, MOST_COUNTED))
    )
