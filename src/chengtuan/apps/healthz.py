"""Doors for those who watch this process.

`/healthz`: does everything in it work, the database and all background work? For alarms, for whoever decides which of
several copies gets requests, and for our own supervisor. `/healthz/all`: the same, and of the other processes of this
shop, which are asked; a web server before them gives it out as its own `/healthz`. `/livez`: does it answer at all? For
whoever restarts processes: neither a database that is away nor a loop that restarts by itself is a reason to.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import httpx
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from chengtuan.apps.composition import Composition
from chengtuan.kernel.problems import Unavailable
from chengtuan.platform import deadline
from chengtuan.platform.http.access import PUBLIC
from chengtuan.platform.http.fields import zulu
from chengtuan.platform.http.problems import problem_response
from chengtuan.platform.outages import cause

_DATABASE_WAIT_S = 2.0
_OTHERS_WAIT_S = 3.0
"""Longer than a process takes to find its database away, and shorter than a web server waits for all of them."""


@dataclass(frozen=True)
class _Health:
    """`down`: what does not work, in words."""

    down: list[str]
    parts: list[dict[str, Any]]
    warnings: Mapping[str, Any]


def _told(request: Request, health: _Health) -> Response:
    if health.down:
        return problem_response(request, Unavailable("; ".join(health.down), retry_after_s=2, parts=health.parts))
    return JSONResponse({"status": "ok", "warnings": health.warnings, "parts": health.parts})


async def _ask(name: str, other: httpx.AsyncClient) -> list[str]:
    """What does not work in another process."""
    try:
        with deadline.within(_OTHERS_WAIT_S):
            answer = await other.get("/healthz")
        return [] if answer.status_code == 200 else [f"{name}: {answer.json()['detail']}"]
    except (httpx.HTTPError, ValueError, KeyError) as error:
        return [f"{name}: {cause(error)}"]


def health_router(composition: Composition) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    part = composition.health.part("database")

    async def ask_database() -> None:
        databases = [module.database for module in composition.running.values()]
        try:
            with deadline.within(_DATABASE_WAIT_S):
                for database in databases[:1]:  # all of them are one server
                    await database.ask()
        except Exception as error:  # noqa: BLE001  (any failure is the answer: health names it)
            part.fails(cause(error))
            return
        if outage := next(filter(None, (database.outage for database in databases)), None):
            part.fails(cause(outage))
        else:
            part.works()

    async def own_health() -> _Health:
        await ask_database()
        health = composition.health
        parts: list[dict[str, Any]] = [asdict(state) | {"since": zulu(state.since)} for state in health.parts]
        return _Health([f"{state.name}: {state.why}" for state in health.down], parts, health.warnings)

    @router.get("/healthz", dependencies=[PUBLIC])
    async def healthz(request: Request) -> Response:
        """200 while everything in this process works, with warnings; 503 with the names of what does not."""
        return _told(request, await own_health())

    @router.get("/healthz/all", dependencies=[PUBLIC])
    async def healthz_of_all(request: Request) -> Response:
        """The same of every process of this shop; one that does not answer is named by its modules."""
        asked = asyncio.gather(*(_ask(*other) for other in composition.others().items()))
        own, others = await asyncio.gather(own_health(), asked)
        return _told(request, replace(own, down=own.down + [why for other in others for why in other]))

    @router.get("/livez", dependencies=[PUBLIC])
    async def livez() -> Response:
        """200 whenever this process answers."""
        return JSONResponse({"status": "ok"})

    return router
