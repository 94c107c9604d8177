"""The cards of the shelf, kept beside what they are made of.

Whatever changes a card marks its product in the same transaction (`shelf_mark`, by triggers); one process at a time
works the marks off, and looks for what the clock changes (`changes_at`). Who reads a card that is marked or due makes
it anew (`browse`): a card is behind in its place on the shelf only, never in what it says.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from chengtuan.modules.trade.activities.rows.shown_variant import GROUP_PRICES, ON_THE_SHELF, OPEN_ACTIVITY
from chengtuan.modules.trade.topics import SHELF
from chengtuan.platform.database import ReadSession, WriteSession

_COLUMNS: dict[str, LiteralString] = {
    "number": "l.number",
    "on_shelf": "l.published and v.sku_id is not null",
    "merchant_id": "l.merchant_id",
    "category_slug": "l.category_slug",
    "listed_at": "l.listed_at",
    "sold": "l.sold",
    "sku_id": "v.sku_id",
    "single": "coalesce(v.single, true)",
    "in_stock": "coalesce(v.in_stock, false)",
    "price_fen": "coalesce((" + GROUP_PRICES + ")[1], v.solo_price_fen, l.solo_price_fen)",
    "price_rank": "case when v.in_stock then coalesce(v.tier_prices_fen[1], v.solo_price_fen) else 1000000000000 end",
    "discount_rank": "coalesce((("
    + GROUP_PRICES
    + ")[1] * 1000 + v.solo_price_fen - 1) / v.solo_price_fen, 1000)::int",
    "forming_rank": "coalesce(g.distance, 1000000)::int",
    "activity_id": "case when " + GROUP_PRICES + " is not null then a.id end",
    "newcomers_only": "coalesce("
    + GROUP_PRICES
    + " is not null and (a.eligibility ->> 'newcomers_only')::boolean, false)",
    "group_id": "g.id",
    "group_deadline": "g.deadline",
    "changes_at": "least(a.ends_at, g.deadline, (select min(n.starts_at) from activity n"
    " where n.product_id = l.product_id and n.stopped_at is null and n.starts_at > %(now)s))",
}
_VALUES: LiteralString = ", ".join(value + " as " + name for name, value in _COLUMNS.items())
_NAMES: LiteralString = ", ".join(_COLUMNS)
_KEPT: LiteralString = ", ".join("k." + name for name in _COLUMNS)
_MADE: LiteralString = ", ".join("excluded." + name for name in _COLUMNS)

TRUTH: LiteralString = (
    "select l.product_id, "
    + _VALUES
    + " from listing l "
    + OPEN_ACTIVITY
    + " "
    + ON_THE_SHELF
    # groups of the activity whose prices are shown; those that have to form before those that wait for a lower price
    + " left join lateral (select g.id, g.deadline,"
    " g.missing + case g.goal when 'form' then 0 else 1000 end as distance from (select * from buy_group g"
    " where g.activity_id = a.id and v.in_stock and v.tier_prices_fen is not null and g.status = 'open'"
    # of so many that end next: one that ends is marked, so what is compared depends on no clock
    " and g.locked < g.seats and g.goal <> 'none' order by g.deadline, g.id limit 100) g"
    " where g.deadline > %(now)s order by distance, g.deadline limit 1) g on true"
)
"""Cards as they should be at `now`; who uses it adds which of the listings `l`."""

_WRITE: LiteralString = (
    "insert into shelf_card as k (product_id, " + _NAMES + ") " + TRUTH + " where {which} order by l.product_id"
    " on conflict (product_id) do update set (" + _NAMES + ") = row(" + _MADE + ")"
    " where (" + _KEPT + ") is distinct from (" + _MADE + ")"
)
_REFRESH: LiteralString = _WRITE.replace("{which}", "l.product_id = any(%(ids)s)")
_REPAIR: LiteralString = _WRITE.replace(
    "{which}",
    "(%(after)s::uuid is null or l.product_id > %(after)s) and l.product_id <= %(last)s"
    " and not exists (select from shelf_mark m where m.product_id = l.product_id)"
    " and not exists (select from shelf_card d where d.product_id = l.product_id and d.changes_at <= %(now)s)",
)


async def anything_due(db: ReadSession, now: datetime) -> bool:
    due: bool = await db.fetch_value(
        "select exists (select from shelf_mark)"
        # by the index: whether any card is due could be answered by looking at all of them, in vain
        " or coalesce((select min(changes_at) from shelf_card) <= %s, false)",
        (now,),
    )
    return due


async def try_lock_cards(tx: WriteSession) -> bool:
    """Only one transaction makes cards; False if another one does. So none writes an older truth over a newer one."""
    taken: bool = await tx.fetch_value("select pg_try_advisory_xact_lock(hashtextextended('trade.shelf', 0))")
    return taken


async def lock_cards(tx: WriteSession) -> None:
    await tx.execute("select pg_advisory_xact_lock(hashtextextended('trade.shelf', 0))")


async def claim_due(tx: WriteSession, now: datetime, limit: int) -> set[UUID]:
    """Products whose cards are to be made anew; their marks are gone with this transaction.

    What is not committed yet has marks that nobody sees yet: they are for the next round.
    """
    marked = await tx.fetch_tuples(
        "delete from shelf_mark where id = any(array(select id from shelf_mark order by id limit %s))"
        " returning product_id",
        (limit,),
    )
    due = await tx.fetch_tuples(
        "select product_id from shelf_card where changes_at <= %s order by changes_at limit %s", (now, limit)
    )
    return {row[0] for row in (*marked, *due)}


async def write_cards(tx: WriteSession, product_ids: set[UUID], now: datetime) -> int:
    """Make these cards as they should be; how many changed. The caller has the turn."""
    return _told(tx, await tx.execute(_REFRESH, {"ids": sorted(product_ids), "now": now}))


@dataclass(frozen=True, slots=True)
class Stretch:
    """So many listings that follow each other by their ids, up to `last`."""

    last: UUID
    count: int


async def stretch_after(tx: WriteSession, after: UUID | None, limit: int) -> Stretch | None:
    """The next listings; None at the end."""
    return await tx.fetch_one(
        Stretch,
        "select product_id as last, (count(*) over ())::int as count from (select product_id from listing"
        " where %(after)s::uuid is null or product_id > %(after)s order by product_id limit %(limit)s) stretch"
        " order by product_id desc limit 1",
        {"after": after, "limit": limit},
    )


async def repair_cards(tx: WriteSession, after: UUID | None, last: UUID, now: datetime) -> int:
    """Make right what differs from the truth without a mark; how many did. The caller has the turn.

    One statement sees what changed and its mark together, or neither: what is merely behind is not counted.
    """
    return _told(tx, await tx.execute(_REPAIR, {"after": after, "last": last, "now": now}))


def _told(tx: WriteSession, changed: int) -> int:
    if changed:
        tx.touch(SHELF)
    return changed


async def record_check(tx: WriteSession, at: datetime, checked: int, repaired: int) -> None:
    await tx.execute("insert into shelf_check (at, checked, repaired) values (%s, %s, %s)", (at, checked, repaired))


async def forget_checks(tx: WriteSession, before: datetime) -> None:
    await tx.execute("delete from shelf_check where at < %s", (before,))
