"""Which activities a list of the console shows, whatever their kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from chengtuan.kernel.search import containing
from chengtuan.platform.permissions import Scope


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

    def params(self) -> dict[str, object]:
        return {
            **self.scope.params(),
            "now": self.now,
            "status": self.status,
            "patterns": [containing(word) for word in self.words],
            "product": self.product_id,
        }


NARROWED: LiteralString = (
    " and (%(all_merchants)s or a.merchant_id = %(merchant)s)"
    " and (%(product)s::uuid is null or a.product_id = %(product)s)"
    " and (%(status)s::text is null or %(status)s = case when a.stopped_at is not null then 'stopped'"
    "  when a.starts_at > %(now)s then 'scheduled' when a.ends_at > %(now)s then 'running' else 'ended' end)"
    " and a.search_text || ' ' || l.search_text like all(%(patterns)s::text[])"
)
"""Of `activity a` with its `listing l`."""
BEFORE: LiteralString = " and (%(before)s::uuid is null or a.id < %(before)s) order by a.id desc limit %(limit)s"
