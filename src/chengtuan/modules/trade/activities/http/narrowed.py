"""What narrows a list of campaigns or flash sales at the console."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Query

from chengtuan.kernel.clock import Clock
from chengtuan.kernel.search import words_of
from chengtuan.modules.trade.activities.rows.narrowing import Narrow
from chengtuan.platform.http.typed_fields import Line
from chengtuan.platform.permissions import Scope

ActivityStatusName = Literal["scheduled", "running", "ended", "stopped"]


class Wanted:
    """As the address says it."""

    def __init__(
        self,
        status: ActivityStatusName | None = None,
        q: Annotated[
            Annotated[str, Line(100)] | None, Query(description="Part of its name, or of its product's in any language")
        ] = None,
        product_id: UUID | None = None,
    ) -> None:
        self._status, self._words, self._product_id = status, words_of(q or ""), product_id

    def within(self, scope: Scope, clock: Clock) -> Narrow:
        return Narrow(scope=scope, now=clock.now(), status=self._status, words=self._words, product_id=self._product_id)


Narrowing = Annotated[Wanted, Depends()]
