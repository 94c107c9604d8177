"""What a product is promised to: campaigns that run or have open groups, and who waits in them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.platform.database import ReadSession


@dataclass(frozen=True, slots=True)
class Commitment:
    """A campaign with its open groups. `people` have paid; `until` is the last group's deadline, None without one."""

    campaign_id: UUID
    name: str
    ends_at: datetime
    sku_ids: list[UUID]
    groups: int
    people: int
    until: datetime | None


async def commitments_of(db: ReadSession, product_id: UUID, now: datetime) -> list[Commitment]:
    return await db.fetch_all(
        Commitment,
        "select c.id as campaign_id, c.name, c.ends_at,"
        " array(select sku_id from campaign_sku where campaign_id = c.id order by sku_id) as sku_ids,"
        " count(g.id)::int as groups, coalesce(sum(g.paid), 0)::int as people, max(g.deadline) as until"
        " from campaign c left join buy_group g on g.campaign_id = c.id and g.status = 'open'"
        " where c.product_id = %(product)s and c.stopped_at is null"
        " group by c.id having c.ends_at > %(now)s or count(g.id) > 0 order by c.id",
        {"product": product_id, "now": now},
    )
