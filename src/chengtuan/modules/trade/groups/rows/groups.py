"""Groups and their seats."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.modules.trade.activities.rows.with_terms import with_terms
from chengtuan.modules.trade.activities.rules.group_terms import GroupTerms
from chengtuan.modules.trade.activities.rules.progress import progress_of
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
from chengtuan.platform.arrays import array
from chengtuan.platform.database import ReadSession, WriteSession


@dataclass(slots=True)
class Group:
    """A group's own row."""

    id: UUID
    activity_id: UUID
    product_id: UUID
    initiator_id: UUID
    status: str
    terms: GroupTerms
    seats: int
    paid: int
    deadline: datetime | None

    @property
    def full(self) -> bool:
        """Everybody who can pay has paid: the group need not wait for its deadline."""
        return self.paid >= self.seats


_COLUMNS = "id, activity_id, product_id, initiator_id, status, terms::text, seats, paid, deadline"
_BY_IDS = f"select {_COLUMNS} from buy_group where id = any(%s) order by id for update"


async def lock_groups(tx: WriteSession, ids: Sequence[UUID]) -> dict[UUID, Group]:
    """The groups' rows, locked in the order of their ids: whoever does so changes what is shown of them."""
    if not ids:
        return {}
    taken(tx, Lock.GROUP, ids)
    rows = await tx.fetch_all(with_terms(Group), _BY_IDS, (list(ids),))
    for row in rows:
        tx.touch(group_topic(row.id), offer_topic(row.product_id))
    return {row.id: row for row in rows}


async def lock_group(tx: WriteSession, group_id: UUID) -> Group | None:
    return (await lock_groups(tx, [group_id])).get(group_id)


async def open_groups(tx: WriteSession, groups: Sequence[Group], now: datetime) -> dict[UUID, datetime]:
    """The initiators have paid: the groups become visible and their clocks start. Their deadlines."""
    ends = await _ends_of(tx, groups)
    deadlines = {group.id: group.terms.deadline(now, ends[group.activity_id]) for group in groups}
    await tx.execute(
        "update buy_group g set status = %(to)s, opened_at = %(now)s, deadline = at.deadline, version = version + 1"
        " from unnest(%(ids)s::uuid[], %(deadlines)s::timestamptz[]) as at(id, deadline)"
        " where g.id = at.id and g.status = any(%(from)s)",
        {
            "ids": array(deadlines),
            "deadlines": array(deadlines.values()),
            "now": now,
            "to": GROUP.target(GroupAction.OPEN),
            "from": GROUP.sources(GroupAction.OPEN),
        },
    )
    return deadlines


async def _ends_of(tx: WriteSession, groups: Sequence[Group]) -> dict[UUID, datetime]:
    """When the groups' activities end."""
    ids = array(group.activity_id for group in groups)
    return dict(await tx.fetch_tuples("select id, ends_at from activity where id = any(%s::uuid[])", (ids,)))


async def pay_seats(tx: WriteSession, paid: Sequence[tuple[Group, UUID, datetime]]) -> None:
    """Turn held seats into paid ones: (group, order, time). The caller holds the groups' rows."""
    await tx.execute_many(
        "update seat set status = %s, paid_at = %s where order_id = %s and status = any(%s)",
        [(SEAT.target(SeatAction.PAY), at, order_id, SEAT.sources(SeatAction.PAY)) for _, order_id, at in paid],
    )
    for group, _, _ in paid:
        group.paid += 1
    more = Counter(group.id for group, _, _ in paid)
    groups = {group.id: group for group, _, _ in paid}
    progress = [progress_of(group.terms.people, group.paid) for group in groups.values()]
    await tx.execute(
        "update buy_group g set paid = g.paid + new.paid, goal = new.goal, missing = new.missing, version = version + 1"
        " from unnest(%s::uuid[], %s::int[], %s::text[], %s::int[]) as new(id, paid, goal, missing)"
        " where g.id = new.id",
        (
            array(groups),
            array(more[group_id] for group_id in groups),
            array(each.goal for each in progress),
            array(each.missing for each in progress),
        ),
    )


async def release_seat(tx: WriteSession, group: Group, order_id: UUID) -> None:
    """Free a seat that was held, once."""
    if await _free(tx, order_id, SeatAction.RELEASE):
        await tx.execute("update buy_group set locked = locked - 1, version = version + 1 where id = %s", (group.id,))


async def leave_seat(tx: WriteSession, group: Group, order_id: UUID) -> None:
    """Free a seat that was paid, once."""
    if not await _free(tx, order_id, SeatAction.LEAVE):
        return
    group.paid -= 1
    progress = progress_of(group.terms.people, group.paid)
    await tx.execute(
        "update buy_group set locked = locked - 1, paid = paid - 1, goal = %s, missing = %s, version = version + 1"
        " where id = %s",
        (progress.goal, progress.missing, group.id),
    )


async def _free(tx: WriteSession, order_id: UUID, action: SeatAction) -> bool:
    """False if it was free already."""
    freed = await tx.execute(
        "update seat set status = %s where order_id = %s and status = any(%s)",
        (SEAT.target(action), order_id, SEAT.sources(action)),
    )
    return freed == 1


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


async def live_groups_of_activity(db: ReadSession | WriteSession, activity_id: UUID) -> list[UUID]:
    rows = await db.fetch_tuples(
        "select id from buy_group where activity_id = %s and status = any(%s)",
        (activity_id, [GroupStatus.DRAFT.value, GroupStatus.OPEN.value]),
    )
    return [row[0] for row in rows]
