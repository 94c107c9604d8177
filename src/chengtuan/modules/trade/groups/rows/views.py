"""Groups as people see them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from chengtuan.modules.trade.activities.rows.shown_variant import IN_A_GROUP
from chengtuan.modules.trade.activities.rows.with_terms import with_terms
from chengtuan.modules.trade.activities.rules.eligibility import Eligibility
from chengtuan.modules.trade.activities.rules.group_terms import GroupTerms
from chengtuan.modules.trade.activities.rules.progress import Filling
from chengtuan.modules.trade.limits import MOST_COUNTED
from chengtuan.platform.by_state import (
    EVER,
    FIRST,
    counts_of_states,
    of_scope,
    page_of_states,
    params_of_counts,
    params_of_page,
)
from chengtuan.platform.database import ReadSession, ViewSession
from chengtuan.platform.permissions import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow(Filling):
    """A group with what its page shows of its product. Prices in fen, by the group's own terms, of the variant that
    stands for it (`shown_variant`); `sku_name` is None where there is no other.

    `on_sale`: the product is on the shelf, so that other groups can be opened. `in_stock`: somebody who joined could
    get one.
    """

    id: UUID
    product_id: UUID
    product_name: dict[str, str]
    product_image_url: str
    merchant_name: dict[str, str]
    activity_id: UUID
    initiator_id: UUID
    terms: GroupTerms
    eligibility: Eligibility
    status: str
    fail_reason: str | None
    tier_prices_fen: list[int]
    final_tier: int | None
    sku_name: dict[str, str] | None
    solo_price_fen: int
    on_sale: bool
    in_stock: bool
    opened_at: datetime | None
    deadline: datetime | None
    formed_at: datetime | None
    ended_at: datetime | None
    refunds_pending: int
    version: int


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody who paid for a seat. `refunded` once their order was called off and all their money is back."""

    group_id: UUID
    user_id: UUID
    nickname: str
    avatar: str
    joined_at: datetime
    refunded: bool


_SELECT: LiteralString = (
    "select g.id, g.product_id, l.name as product_name, l.image_url as product_image_url,"
    " l.merchant_name, g.activity_id, g.initiator_id, g.terms::text, g.eligibility::text, g.status, g.fail_reason,"
    " g.goal, g.missing, g.seats, g.paid, g.locked, v.tier_prices_fen, g.final_tier,"
    " case when not v.single then v.name end as sku_name,"
    " v.solo_price_fen, l.published as on_sale, coalesce(v.in_stock, false) and"
    # a value and no existence: that would be looked up among all activities
    " coalesce((select a.taken < a.cap from activity a where a.id = g.activity_id), true) as in_stock, g.opened_at,"
    " g.deadline, g.formed_at, g.ended_at, (select count(*) from shop_order o join refund r on r.order_id = o.id"
    " where o.group_id = g.id and g.status in ('succeeded', 'failed') and r.status <> 'succeeded')::int"
    " as refunds_pending, g.version"
    " from buy_group g join listing l using (product_id) " + IN_A_GROUP
)
_MEMBERS: LiteralString = (
    "select s.group_id, s.user_id, s.nickname, s.avatar, s.paid_at as joined_at,"
    " o.status = 'refunded' as refunded"
    " from seat s join shop_order o on o.id = s.order_id"
    " where s.group_id = any(%s) and s.status = 'paid' order by s.paid_at, s.order_id"
)

_OPENED: LiteralString = " and x.opened_at is not null"


async def find_group(db: ReadSession, group_id: UUID) -> tuple[GroupRow, list[MemberRow]] | None:
    """A group and its members in the order in which they paid."""
    groups, members = await db.fetch_each(
        (with_terms(GroupRow), _SELECT + " where g.id = %s", (group_id,)),
        (MemberRow, _MEMBERS, ([group_id],)),
    )
    return (groups[0], members) if groups else None


async def list_merchant_groups(
    db: ViewSession,
    *,
    scope: Scope,
    statuses: Sequence[str],
    activity_id: UUID | None,
    before: UUID | None,
    limit: int,
) -> tuple[list[GroupRow], list[MemberRow]]:
    """Newest first."""
    page = page_of_states("buy_group", scope, also=_OPENED + _of_activity(activity_id, "x.activity_id"))
    groups = await db.fetch_all(
        with_terms(GroupRow),
        _SELECT + " where g.id = any(array(" + page + ")) order by g.id desc",
        params_of_page(scope, statuses, beyond=before, limit=limit) | {"activity": activity_id},
    )
    return groups, await _members(db, groups)


async def list_open_groups(
    db: ViewSession,
    *,
    scope: Scope,
    activity_id: UUID | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> tuple[list[GroupRow], list[MemberRow]]:
    """The one that ends next first. `after`: deadline and group."""
    deadline, group_id = after or (EVER, FIRST)
    where = of_scope(scope, "g.merchant_id") + _of_activity(activity_id, "g.activity_id")
    groups = await db.fetch_all(
        with_terms(GroupRow),
        _SELECT
        + " where g.status = 'open' and (g.deadline, g.id) > (%(deadline)s, %(id)s::uuid)"
        + where
        + " order by g.deadline, g.id limit %(limit)s",
        {**scope.params(), "activity": activity_id, "deadline": deadline, "id": group_id, "limit": limit},
    )
    return groups, await _members(db, groups)


def _of_activity(activity_id: UUID | None, column: LiteralString) -> LiteralString:
    return " and " + column + " = %(activity)s" if activity_id else ""


async def _members(db: ViewSession, groups: list[GroupRow]) -> list[MemberRow]:
    return await db.fetch_all(MemberRow, _MEMBERS, ([group.id for group in groups],)) if groups else []


@dataclass(frozen=True, slots=True)
class GroupCounts:
    open: int
    succeeded: int
    failed: int


async def count_groups(db: ViewSession, scope: Scope) -> GroupCounts:
    """`MOST_COUNTED` of each at most."""
    listed = [field.name for field in fields(GroupCounts)]
    sql = counts_of_states("buy_group", scope, also=_OPENED)
    return GroupCounts(**dict(await db.fetch_tuples(sql, params_of_counts(scope, listed, MOST_COUNTED))))


@dataclass(frozen=True, slots=True)
class OwnSeat:
    """Somebody's seat in a group."""

    status: str
    order_id: UUID
    is_initiator: bool
    expires_at: datetime


async def find_own_seat(db: ReadSession, group_id: UUID, user_ids: Collection[UUID]) -> OwnSeat | None:
    """The seat the person has, or the latest that they had; of two that united accounts have, the paid one."""
    return await db.fetch_one(
        OwnSeat,
        "select s.status, s.order_id, g.initiator_id = s.user_id as is_initiator, o.pay_before as expires_at"
        " from seat s join buy_group g on g.id = s.group_id join shop_order o on o.id = s.order_id"
        " where s.group_id = %s and s.user_id = any(%s)"
        " order by s.status = 'paid' desc, s.status = 'locked' desc, s.locked_at desc limit 1",
        (group_id, list(user_ids)),
    )
