"""The outermost layer before a real server and nothing else: `python -m tests.platform.door_process PORT`.

It answers with what it holds of bodies, and reads one only where the path says so. One door is closed.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any

from chengtuan.apps.serving import serve_at_port
from chengtuan.kernel.clock import SystemClock
from chengtuan.kernel.problems import NotFound, Problem
from chengtuan.platform.http import closed
from chengtuan.platform.http.bodies import BodyRules
from chengtuan.platform.http.closed import ClosedDoors, Door
from chengtuan.platform.http.front import front
from chengtuan.platform.http.guard import App, Guard
from chengtuan.platform.http.hot import HotPages
from chengtuan.platform.live import LiveHub

IDLE_S = 2
CLOSED = "/closed"
RULES = BodyRules.for_budget(grace_s=1.0)
LIVE = LiveHub("")
DOORS = ClosedDoors(LIVE)


async def _inside(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        closed.TRUSTED_S = 3600
        await DOORS.close("", _judge)
        await _lifespan(receive, send)
        return
    status = 401 if scope["path"] == "/stranger" else 200
    try:
        while scope["path"] == "/read" and (await receive()).get("more_body"):
            pass
    except Problem as problem:
        status = problem.status
    held = json.dumps({"unknown": RULES.unknown.held, "known": RULES.known.held}).encode()
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": held})


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return


async def _judge(_: Mapping[str, Door]) -> list[Door]:
    return [Door(CLOSED, NotFound(), ())]


def app() -> App:
    return front(Guard(_inside, bodies=RULES), HotPages(SystemClock(), LIVE), DOORS)


if __name__ == "__main__":
    serve_at_port("tests.platform.door_process:app", port=int(sys.argv[1]), idle_s=IDLE_S, patience_s=1)
