"""Which activities a list of the console shows, whatever their kind."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString, TypeVar
from uuid import UUID

from chengtuan.kernel.search import containing, grams_of_word
from chengtuan.modules.trade.states import ActivityKind
from chengtuan.platform.by_state import LAST, of_scope
from chengtuan.platform.permissions import Scope

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrow:
    """Those of the scope; with `status` those that are so at `now`; with `words` (as `kernel.search` makes them) those
    in whose name, or whose product's, each of them is.
    """

    scope: Scope
    now: datetime
    status: str | None = None
    words: Sequence[str] = ()
    product_id: UUID | None = None


_STATUS: Mapping[str, LiteralString] = {
    "stopped": " and x.stopped_at is not null",
    "scheduled": " and x.stopped_at is null and x.starts_at > %(now)s",
    "running": " and x.stopped_at is null and x.starts_at <= %(now)s and x.ends_at > %(now)s",
    "ended": " and x.stopped_at is null and x.ends_at <= %(now)s",
}
_AT_THE_FRONT = 100
"""So many activities are looked through for words before the indexes of names are asked."""
_NEWEST: LiteralString = " order by x.id desc limit %(limit)s"
_NAMED_HERE: LiteralString = "(x.search_text like %(like{n})s or l.search_text like %(like{n})s)"
# the index knows which names have all pieces, the pattern that they stand together
_NAMED_SO: LiteralString = (
    " and x.id = any(array(select o.id from activity o where grams(o.search_text) @> %(grams{n})s"
    " and o.search_text like %(like{n})s{own} union all select o.id from listing l join activity o using (product_id)"
    " where l.search_grams @> %(grams{n})s and l.search_text like %(like{n})s{sold}))"
)


async def page_of_activities(
    read: Callable[[LiteralString, Mapping[str, object], bool], Awaitable[list[T]]],
    kind: ActivityKind,
    narrow: Narrow,
    *,
    before: UUID | None,
    limit: int,
) -> list[T]:
    """Newest first, as the shelf searches: common words are soon found in any order, rare ones by an index of names.

    `read` is given what follows the conditions of a select from `activity a`, its values, and whether to prepare it.
    """
    values = {**narrow.scope.params(), "now": narrow.now, "product": narrow.product_id, "kind": kind}
    values |= {"before": before or LAST, "limit": limit, "near": _AT_THE_FRONT}
    for n, word in enumerate(narrow.words):
        values |= {f"like{n}": containing(word), f"grams{n}": grams_of_word(word)}
    if not narrow.words:
        return await read(_page(_of(narrow)), values, True)
    found = await read(_page(_near(narrow)), values, False)
    return found if len(found) == limit else await read(_page(_of(narrow) + _named(narrow)), values, False)


def _page(ids: LiteralString) -> LiteralString:
    """What is shown of them is looked up for a page of them."""
    return " and a.id = any(array(" + ids + _NEWEST + ")) order by a.id desc"


def _of(narrow: Narrow) -> LiteralString:
    return (
        "select x.id from activity x where x.kind = %(kind)s and x.id < %(before)s"
        + of_scope(narrow.scope, "x.merchant_id")
        + (" and x.product_id = %(product)s" if narrow.product_id else "")
        + (_STATUS[narrow.status] if narrow.status else "")
    )


def _near(narrow: Narrow) -> LiteralString:
    named = " and ".join(_NAMED_HERE.replace("{n}", str(n)) for n in range(len(narrow.words)))
    front = _of(narrow).replace("select x.id", "select x.*") + " order by x.id desc limit %(near)s"
    return "select x.id from (" + front + ") x join listing l using (product_id) where " + named


def _named(narrow: Narrow) -> LiteralString:
    own, sold = of_scope(narrow.scope, "o.merchant_id"), of_scope(narrow.scope, "l.merchant_id")
    each = _NAMED_SO.replace("{own}", own).replace("{sold}", sold)
    return "".join(each.replace("{n}", str(n)) for n in range(len(narrow.words)))
