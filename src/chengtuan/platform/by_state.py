"""Pages and counts of rows that have a state and a merchant, however many rows there are.

Each state is looked up by itself, at an index of state and id (of one merchant: merchant, state and id), so that a page
reads as many entries of each state as fit on it, and a count no more than it tells. A list of states in one condition
would have the planner choose between walking past other people's rows and sorting all of one's own.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, LiteralString
from uuid import UUID

from chengtuan.platform.permissions import OneMerchant, Scope

FIRST, LAST = UUID(int=0), UUID(int=2**128 - 1)
EVER = datetime(1, 1, 1, tzinfo=UTC)
"""Before all that there is."""


def page_of_states(
    table: LiteralString, scope: Scope, *, oldest_first: bool = False, also: LiteralString = ""
) -> LiteralString:
    """SQL for the ids of a page of the table's rows, to be given `params_of_page`; `also` is a condition on row `x`."""
    beyond, order = (">", "x.id") if oldest_first else ("<", "x.id desc")
    return (
        "select x.id from unnest(%(statuses)s::text[]) s(status) cross join lateral (select x.id from "
        + (table + " x where x.status = s.status" + of_scope(scope, "x.merchant_id") + also)
        + (" and x.id " + beyond + " %(beyond)s order by " + order + " limit %(limit)s) x")
        + (" order by " + order + " limit %(limit)s")
    )


def params_of_page(
    scope: Scope, statuses: Sequence[str], *, beyond: UUID | None, limit: int, oldest_first: bool = False
) -> dict[str, Any]:
    """`beyond` None: from the beginning."""
    end = FIRST if oldest_first else LAST
    return {
        **scope.params(),
        "statuses": sorted({str(status) for status in statuses}),
        "beyond": beyond or end,
        "limit": limit,
    }


def counts_of_states(table: LiteralString, scope: Scope, *, also: LiteralString = "") -> LiteralString:
    """SQL for how many rows of each state there are, so many at most, to be given `params_of_counts`."""
    return (
        "select s.status, (select count(*)::int from (select from "
        + (table + " x where x.status = s.status" + of_scope(scope, "x.merchant_id") + also)
        + " limit %(most)s) x) from unnest(%(statuses)s::text[]) s(status)"
    )


def params_of_counts(scope: Scope, statuses: Sequence[str], most: int) -> Mapping[str, Any]:
    return {**scope.params(), "statuses": sorted({str(status) for status in statuses}), "most": most}


def of_scope(scope: Scope, column: LiteralString) -> LiteralString:
    """The condition that the merchant in the column is in the scope, for a query that is written for one kind of it.

    A condition that does for both is planned for both, once the server has seen it often.
    """
    return " and " + column + " = %(merchant)s" if isinstance(scope, OneMerchant) else ""
