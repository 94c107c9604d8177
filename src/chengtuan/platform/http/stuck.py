"""For the platform's staff: work that fails again and again, to be tried once more or set aside."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from chengtuan.kernel.pagination import BadCursor
from chengtuan.kernel.problems import NotAllowed, NotFound, NotSignedIn
from chengtuan.platform import stuck
from chengtuan.platform.database import Database
from chengtuan.platform.http.access import Staff, may
from chengtuan.platform.http.fields import Cursor, Instant, Limit
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section
from chengtuan.platform.permissions import Permission

Looker = Annotated[Staff, may(Permission.BACKGROUND_READ)]
Operator = Annotated[Staff, may(Permission.BACKGROUND_EDIT)]
_REFUSALS = (NotSignedIn, NotAllowed, NotFound)


class StuckItem(BaseModel):
    """An event or a job of a module. `dead`: given up until somebody tries it again."""

    module: str
    kind: stuck.WorkKind
    id: int
    name: str
    consumer: str | None = Field(description="the module that an event is for")
    about: str = Field(description="the event's key or the job's ref: an order, a payment, a product …")
    since: Instant
    tries: int
    dead: bool
    held_back: int = Field(description="later events of the same key that wait for this one")
    last_error: str


class StuckPage(BaseModel):
    items: list[StuckItem]
    next_cursor: str | None


class StuckChoice(BaseModel):
    """Which work: rows of one kind."""

    kind: stuck.WorkKind
    ids: Annotated[list[Annotated[int, Field(ge=1, lt=2**63)]], Field(min_length=1, max_length=200)]


class StuckCount(BaseModel):
    """How much of what was named was still stuck and was acted on."""

    count: int


class BackgroundModules(BaseModel):
    modules: list[str]


def stuck_router(modules: Sequence[str], databases: Mapping[str, Database]) -> APIRouter:
    """`databases` are those of the modules in this process, by name; `modules` are all modules of the product."""
    router = Section(prefix="/api/v1/background", tags=["background"])

    def database_of(module: str) -> Database:
        if module not in databases:
            raise NotFound
        return databases[module]

    @router.get("", responses=problems(NotSignedIn, NotAllowed))
    async def list_background_modules(_: Looker) -> BackgroundModules:
        """The modules that do work in the background: each can be asked for what is stuck."""
        return BackgroundModules(modules=list(modules))

    @router.get("/{module}/stuck", responses=problems(*_REFUSALS, BadCursor))
    async def list_stuck_work(module: str, _: Looker, cursor: Cursor = None, limit: Limit = 50) -> StuckPage:
        """Events and jobs of a module that were given up or have failed for a while, the oldest first."""
        async with database_of(module).read() as db:
            page = await stuck.list_stuck(db, cursor=cursor, limit=limit)
        return StuckPage(items=_items(module, page.items), next_cursor=page.next_cursor)

    @router.post("/{module}/stuck/try-again", responses=problems(*_REFUSALS))
    async def try_stuck_work_again(module: str, choice: StuckChoice, _: Operator) -> StuckCount:
        """Try it again now, with all its tries."""
        return StuckCount(count=await stuck.try_again(database_of(module), choice.kind, choice.ids))

    @router.post("/{module}/stuck/set-aside", responses=problems(*_REFUSALS))
    async def set_stuck_work_aside(module: str, choice: StuckChoice, staff: Operator) -> StuckCount:
        """Never try it again; what it held back goes on without it."""
        by = f"staff {staff.staff_id}"
        return StuckCount(count=await stuck.set_aside(database_of(module), choice.kind, choice.ids, by=by))

    return router


def _items(module: str, found: Sequence[stuck.StuckWork]) -> list[StuckItem]:
    return [StuckItem(module=module, **asdict(work)) for work in found]
