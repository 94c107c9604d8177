"""Groups and their seats."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.modules.trade.locks import Lock, taken
from chengtuan.modules.trade.states import (
    GROUP,
    SEAT,
    FailReason,
    GroupAction,
    GroupStatus,
    SeatAction,
)
from chengtuan.modules.trade.topics import group_topic, offer_topic
from chengtuan.platform.database import ReadSession, WriteSession


@dataclass(slots=True)
class Group:
    """A group's own row."""

    id: UUID
    campaign_id: UUID
    product_id: UUID
    merchant_id: UUID
    initiator_id: UUID
    kind: str
    status: str
    size: int
    tier_people: list[int]
    locked: int
    paid: int
    deadline: datetime | None
    initiator_off_percent: int | None

    @property
    def full(self) -> bool:
        """Everybody who can pay has paid: the group need not wait for its deadline."""
        return self.paid >= self.size


_COLUMNS = (
    "id, campaign_id, product_id, merchant_id, initiator_id, kind, status, size, tier_people, locked, paid, deadline,"
    " initiator_off_percent"
)
_BY_IDS = f"select {_COLUMNS} from buy_group where id = any(%s) order by id for update"  # noqa: S608  (constants alone)


async def lock_groups(tx: WriteSession, ids: Sequence[UUID]) -> dict[UUID, Group]:
    """The groups' rows, locked in the order of their ids: whoever does so changes what is shown of them."""
    taken(tx, Lock.GROUP, ids)
    rows = await tx.fetch_all(Group, _BY_IDS, (list(ids),))
    for row in rows:
        tx.touch(group_topic(row.id), offer_topic(row.product_id))
    return {row.id: row for row in rows}


async def lock_group(tx: WriteSession, group_id: UUID) -> Group | None:
    return (await lock_groups(tx, [group_id])).get(group_id)


async def open_groups(tx: WriteSession, ids: Sequence[UUID], now: datetime) -> None:
    """The initiators have paid: the groups become visible and their clocks start."""
    await tx.execute(
        "update buy_group g set status = %(to)s, opened_at = %(now)s, version = version + 1,"
        " deadline = least(%(now)s + make_interval(secs => c.group_duration_s),"
        "  case when c.hard_end then c.ends_at end)"
        " from campaign c where c.id = g.campaign_id and g.id = any(%(ids)s) and g.status = any(%(from)s)",
        {
            "ids": list(ids),
            "now": now,
            "to": GROUP.target(GroupAction.OPEN),
            "from": GROUP.sources(GroupAction.OPEN),
        },
    )


@dataclass(frozen=True, slots=True)
class Deadline:
    id: UUID
    deadline: datetime


async def deadlines_of(tx: WriteSession, ids: Sequence[UUID]) -> list[Deadline]:
    return await tx.fetch_all(Deadline, "select id, deadline from buy_group where id = any(%s)", (list(ids),))


async def pay_seats(tx: WriteSession, paid: Sequence[tuple[UUID, UUID, datetime]]) -> None:
    """Turn held seats into paid ones: (order, group, time). The groups' rows are locked by the caller."""
    await tx.execute_many(
        "update seat set status = %s, paid_at = %s where order_id = %s and status = any(%s)",
        [(SEAT.target(SeatAction.PAY), at, order_id, SEAT.sources(SeatAction.PAY)) for order_id, _, at in paid],
    )
    await tx.execute_many(
        "update buy_group set paid = paid + 1, version = version + 1 where id = %s",
        [(group_id,) for _, group_id, _ in paid],
    )


async def release_seat(tx: WriteSession, *, order_id: UUID, group_id: UUID, paid: bool) -> bool:
    """Free a seat, once. False if it was free already."""
    action = SeatAction.LEAVE if paid else SeatAction.RELEASE
    released = await tx.execute(
        "update seat set status = %s where order_id = %s and status = any(%s)",
        (SEAT.target(action), order_id, SEAT.sources(action)),
    )
    if released:
        await tx.execute(
            "update buy_group set locked = locked - 1, paid = paid - %s, version = version + 1 where id = %s",
            (1 if paid else 0, group_id),
        )
    return released == 1


async def mark_formed(tx: WriteSession, group_id: UUID, final_tier: int, now: datetime) -> bool:
    """Exactly one caller wins; False for everybody else."""
    return (
        await tx.execute(
            "update buy_group set status = %s, final_tier = %s, formed_at = %s, ended_at = %s, version = version + 1"
            " where id = %s and status = any(%s)",
            (GROUP.target(GroupAction.FORM), final_tier, now, now, group_id, GROUP.sources(GroupAction.FORM)),
        )
        == 1
    )


async def mark_failed(tx: WriteSession, group_id: UUID, reason: FailReason, now: datetime) -> bool:
    """Exactly one caller wins; False for everybody else."""
    return (
        await tx.execute(
            "update buy_group set status = %s, fail_reason = %s, ended_at = %s, version = version + 1"
            " where id = %s and status = any(%s)",
            (GROUP.target(GroupAction.FAIL), reason, now, group_id, GROUP.sources(GroupAction.FAIL)),
        )
        == 1
    )


async def pass_on_initiative(tx: WriteSession, group_id: UUID) -> UUID | None:
    """The earliest paid member becomes initiator; None if there is none. Deadline and link stay."""
    heir: UUID | None = await tx.fetch_value(
        "select user_id from seat where group_id = %s and status = 'paid' order by paid_at, order_id limit 1",
        (group_id,),
    )
    if heir is not None:
        await tx.execute("update buy_group set initiator_id = %s where id = %s", (heir, group_id))
    return heir


async def held_orders(db: ReadSession | WriteSession, group_id: UUID) -> list[UUID]:
    """Orders that hold a seat without having paid."""
    rows = await db.fetch_tuples(
        "select order_id from seat where group_id = %s and status = 'locked' order by order_id", (group_id,)
    )
    return [row[0] for row in rows]


async def orders_in(tx: WriteSession, group_id: UUID) -> list[UUID]:
    """Orders that have a seat, paid or not."""
    rows = await tx.fetch_tuples(
        "select order_id from seat where group_id = %s and status in ('locked', 'paid') order by order_id", (group_id,)
    )
    return [row[0] for row in rows]


async def live_groups_of_campaign(db: ReadSession | WriteSession, campaign_id: UUID) -> list[UUID]:
    rows = await db.fetch_tuples(
        "select id from buy_group where campaign_id = %s and status = any(%s)",
        (campaign_id, [GroupStatus.DRAFT.value, GroupStatus.OPEN.value]),
    )
    return [row[0] for row in rows]
