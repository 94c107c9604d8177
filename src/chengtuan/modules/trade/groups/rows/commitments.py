"""What a product is promised to: activities that run or have open groups, and who waits in them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.platform.database import ReadSession


@dataclass(frozen=True, slots=True)
class Commitment:
    """An activity of whatever kind, with its open groups. `people` have paid; `until` is the last group's deadline,
    None without one.
    """

    activity_id: UUID
    kind: str
    name: str
    starts_at: datetime
    ends_at: datetime
    sku_ids: list[UUID]
    groups: int
    people: int
    until: datetime | None


async def commitments_of(db: ReadSession, product_id: UUID, now: datetime) -> list[Commitment]:
    return await db.fetch_all(
        Commitment,
        "select a.id as activity_id, a.kind, a.name, a.starts_at, a.ends_at,"
        " array(select sku_id from activity_price where activity_id = a.id order by sku_id) as sku_ids,"
        " count(g.id)::int as groups, coalesce(sum(g.paid), 0)::int as people, max(g.deadline) as until"
        " from activity a left join buy_group g on g.activity_id = a.id and g.status = 'open'"
        " where a.product_id = %(product)s and a.stopped_at is null"
        " group by a.id having a.ends_at > %(now)s or count(g.id) > 0 order by a.id",
        {"product": product_id, "now": now},
    )
