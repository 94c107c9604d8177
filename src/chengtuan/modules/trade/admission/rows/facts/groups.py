"""The groups to join, and who sits in them."""

from dataclasses import dataclass
from uuid import UUID

from chengtuan.modules.trade.activities.rows.with_terms import TOP, with_terms
from chengtuan.modules.trade.admission.rows.facts.fact import Fact, Query, joining
from chengtuan.modules.trade.admission.rules.snapshot import GroupState

_SELECT = (
    "select id, activity_id, initiator_id, status, seats, locked, deadline, eligibility::text, paid, goal, missing,"
    " " + TOP + " as size from buy_group g where id = any(%(groups)s) order by id"
)
ROWS = Query(
    with_terms(GroupState),
    _SELECT,
    _SELECT + " for update",
    "with ours as materialized (select id from buy_group where id = any(%(groups)s) order by id"
    " for update skip locked)"
    " select id from buy_group where id = any(%(groups)s) and id not in (select id from ours)",
)
GROUPS = Fact("groups", (ROWS,), lambda rows: {"groups": {row.id: row for row in rows[0]}}, concerns=joining)


@dataclass(frozen=True, slots=True)
class _Seat:
    group_id: UUID
    user_id: UUID


SEATS = Query(
    _Seat,
    "select group_id, user_id from seat"
    " where group_id = any(%(groups)s) and user_id = any(%(users)s) and status in ('locked', 'paid')",
)
SEATED = Fact(
    "seated", (SEATS,), lambda rows: {"seated": {(row.group_id, row.user_id) for row in rows[0]}}, concerns=joining
)
