"""Activities: the terms on which a product is sold in a window of time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg.errors import UniqueViolation

from chengtuan.kernel.search import searchable
from chengtuan.modules.trade.activities.rows.narrowing import Narrow, page_of_activities
from chengtuan.modules.trade.activities.rows.with_terms import with_terms
from chengtuan.modules.trade.activities.rules.eligibility import Eligibility
from chengtuan.modules.trade.activities.rules.group_terms import GroupTerms
from chengtuan.modules.trade.activities.rules.terms import Terms, document_of
from chengtuan.modules.trade.locks import Lock, taken
from chengtuan.modules.trade.problems import IdempotencyConflict
from chengtuan.modules.trade.states import ActivityKind, StopReason
from chengtuan.modules.trade.topics import offer_topic
from chengtuan.platform.database import ReadSession, ViewSession, WriteSession
from chengtuan.platform.inserting import insert
from chengtuan.platform.permissions import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class NewActivity:
    """A checked definition. `prices` are fen by SKU, one a tier."""

    id: UUID
    merchant_id: UUID
    product_id: UUID
    name: str
    starts_at: datetime
    ends_at: datetime
    terms: Terms
    prices: Mapping[UUID, Sequence[int]]
    eligibility: Eligibility = field(default_factory=Eligibility)
    cap: int | None = None
    per_user_limit: int | None = None
    request: "ActivityRequest | None" = None


@dataclass(frozen=True, slots=True)
class ActivityRequest:
    """By which a person asked for an activity: `id` is the Idempotency-Key, `hash` is equal for equal requests."""

    staff_id: UUID
    id: UUID
    hash: bytes


@dataclass(frozen=True, slots=True)
class _Record:
    id: UUID
    merchant_id: UUID
    product_id: UUID
    kind: str
    name: str
    starts_at: datetime
    ends_at: datetime
    cap: int | None
    per_user_limit: int | None
    eligibility: Mapping[str, Any]
    terms: Mapping[str, Any]
    created_at: datetime
    search_text: str
    staff_id: UUID | None
    request_id: UUID | None
    request_hash: bytes | None


@dataclass(frozen=True, slots=True)
class _PriceRecord:
    activity_id: UUID
    sku_id: UUID
    tier_prices_fen: Sequence[int]


async def insert_activity(tx: WriteSession, new: NewActivity) -> None:
    """Raises IdempotencyConflict if its request has made another one."""
    tx.touch(offer_topic(new.product_id))
    record = _Record(
        id=new.id,
        merchant_id=new.merchant_id,
        product_id=new.product_id,
        kind=new.terms.kind.value,
        name=new.name,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        cap=new.cap,
        per_user_limit=new.per_user_limit,
        eligibility=new.eligibility.document(),
        terms=document_of(new.terms),
        created_at=tx.clock.now(),
        search_text=searchable({"": new.name}),
        staff_id=new.request.staff_id if new.request else None,
        request_id=new.request.id if new.request else None,
        request_hash=new.request.hash if new.request else None,
    )
    try:
        await insert(tx, "activity", [record])
    except UniqueViolation as error:
        raise IdempotencyConflict from error
    prices = [_PriceRecord(new.id, sku_id, by_tier) for sku_id, by_tier in new.prices.items()]
    await insert(tx, "activity_price", prices)


@dataclass(frozen=True, slots=True)
class _Requested:
    id: UUID
    request_hash: bytes


async def find_requested(db: ReadSession | WriteSession, request: ActivityRequest) -> UUID | None:
    """What this request has made. Raises IdempotencyConflict if it was another wish."""
    found = await db.fetch_one(
        _Requested,
        "select id, request_hash from activity where staff_id = %s and request_id = %s",
        (request.staff_id, request.id),
    )
    if found is not None and bytes(found.request_hash) != request.hash:
        raise IdempotencyConflict
    return found.id if found else None


async def find_overlapping(
    tx: WriteSession, kind: ActivityKind, product_id: UUID, starts_at: datetime, ends_at: datetime
) -> UUID | None:
    """An activity of its kind of the product in that time. The product's shelf row is locked: two cannot slip in."""
    taken(tx, Lock.LISTING, [product_id])
    await tx.execute("select 1 from listing where product_id = %s for update", (product_id,))
    overlapping: UUID | None = await tx.fetch_value(
        "select id from activity where product_id = %s and kind = %s and stopped_at is null"
        " and starts_at < %s and ends_at > %s",
        (product_id, kind, ends_at, starts_at),
    )
    return overlapping


async def stop_activity(
    tx: WriteSession, kind: ActivityKind, activity_id: UUID, scope: Scope, reason: StopReason
) -> bool:
    """Nobody takes part from now on. False if it is not in the scope or of another kind, or was stopped before."""
    product_id = await tx.fetch_value(
        "update activity set stopped_at = %(now)s, stop_reason = %(reason)s where id = %(id)s and kind = %(kind)s"
        " and (%(all_merchants)s or merchant_id = %(merchant)s) and stopped_at is null"
        " returning product_id",
        {"now": tx.clock.now(), "reason": reason, "id": activity_id, "kind": kind, **scope.params()},
    )
    if product_id is not None:
        tx.touch(offer_topic(product_id))
    return product_id is not None


async def dearer_than_alone(tx: WriteSession, product_id: UUID, now: datetime) -> list[UUID]:
    """Activities that run, will run or have open groups, and in which a group pays more than one piece alone costs.

    Nothing is locked: the caller has written the prices, and who publishes an activity waits for that.
    """
    rows = await tx.fetch_tuples(
        "select a.id from activity a where a.product_id = %(product)s and a.stopped_at is null and (a.ends_at > %(now)s"
        " or exists (select 1 from buy_group g where g.activity_id = a.id and g.status in ('draft', 'open')))"
        " and exists (select 1 from activity_price p join listing_sku s using (sku_id) where p.activity_id = a.id"
        " and s.active and p.tier_prices_fen[1] > s.solo_price_fen) order by a.id",
        {"product": product_id, "now": now},
    )
    return [row[0] for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """An activity of groups as everybody is shown it."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    cap: int | None
    taken: int
    per_user_limit: int | None
    eligibility: Eligibility
    terms: GroupTerms


_SHOWN: LiteralString = (
    "select a.id, a.starts_at, a.ends_at, a.cap, a.taken, a.per_user_limit, a.eligibility::text, a.terms::text"
)


async def find_activity(db: ReadSession, activity_id: UUID) -> Activity | None:
    return await db.fetch_one(
        with_terms(Activity),
        _SHOWN + " from activity a where a.id = %s and a.kind = 'group'",
        (activity_id,),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityView(Activity):
    """An activity of groups in the console. Prices are its cheapest variant's; `sku_name` is None where that is all."""

    product_id: UUID
    product_name: dict[str, str]
    product_image_url: str
    merchant_id: UUID
    merchant_name: dict[str, str]
    name: str
    sku_name: dict[str, str] | None
    tier_prices_fen: list[int]
    stopped_at: datetime | None
    stop_reason: str | None
    groups_open: int
    groups_succeeded: int
    groups_failed: int

    def status(self, now: datetime) -> str:
        if self.stopped_at is not None:
            return "stopped"
        if now < self.starts_at:
            return "scheduled"
        return "running" if now < self.ends_at else "ended"


_SELECT: LiteralString = (
    _SHOWN + ", a.product_id, l.name as product_name, l.image_url as product_image_url, a.merchant_id,"
    " l.merchant_name, a.name, case when not v.single then v.name end as sku_name, v.tier_prices_fen,"
    " a.stopped_at, a.stop_reason, g.groups_open, g.groups_succeeded, g.groups_failed"
    " from activity a join listing l using (product_id) cross join lateral ("
    " select s.name, p.tier_prices_fen, count(*) over () = 1 as single from activity_price p"
    " join listing_sku s using (sku_id) where p.activity_id = a.id order by p.tier_prices_fen[1], s.position limit 1"
    ") v cross join lateral ("
    " select count(*) filter (where status = 'open')::int as groups_open,"
    " count(*) filter (where status = 'succeeded')::int as groups_succeeded,"
    " count(*) filter (where status = 'failed' and opened_at is not null)::int as groups_failed"
    " from buy_group where activity_id = a.id) g"
)


async def list_activities(db: ViewSession, narrow: Narrow, *, before: UUID | None, limit: int) -> list[ActivityView]:
    """Newest first."""

    async def read(page: LiteralString, values: Mapping[str, object], prepare: bool) -> list[ActivityView]:
        return await db.fetch_all(with_terms(ActivityView), _SELECT + " where true" + page, values, prepare=prepare)

    return await page_of_activities(read, ActivityKind.GROUP, narrow, before=before, limit=limit)


async def view_activity(db: ReadSession, activity_id: UUID, scope: Scope) -> ActivityView | None:
    return await db.fetch_one(
        with_terms(ActivityView),
        _SELECT + " where a.id = %(id)s and a.kind = 'group' and (%(all_merchants)s or a.merchant_id = %(merchant)s)",
        {"id": activity_id, **scope.params()},
    )
