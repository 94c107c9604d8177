"""Two doors for those who watch this process.

`/healthz`: does everything in it work, the database and all background work? For alarms, for whoever decides which of
several copies gets requests, and for our own supervisor. `/livez`: does it answer at all? For whoever restarts
processes: a database that is away is no reason to restart, and neither is a loop that restarts by itself.
"""

from dataclasses import asdict
from typing import Any

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

    @router.get("/healthz", dependencies=[PUBLIC])
    async def healthz(request: Request) -> Response:
        """200 while everything in this process works, with warnings; 503 with the names of what does not."""
        await ask_database()
        health = composition.health
        parts: list[dict[str, Any]] = [asdict(state) | {"since": zulu(state.since)} for state in health.parts]
        if down := health.down:
            words = "; ".join(f"{state.name}: {state.why}" for state in down)
            return problem_response(request, Unavailable(words, retry_after_s=2, parts=parts))
        return JSONResponse({"status": "ok", "warnings": health.warnings, "parts": parts})

    @router.get("/livez", dependencies=[PUBLIC])
    async def livez() -> Response:
        """200 whenever this process answers."""
        return JSONResponse({"status": "ok"})

    return router
