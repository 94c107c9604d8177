"""A town whose server runs, and what was measured there."""

import asyncio
import http.client
import json
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.growth import watch
from benchmarks.growth.background import LINEAR, time_background, time_verify
from benchmarks.growth.fill import Size
from benchmarks.growth.looks import MERCHANT, Ask, Request, Town, items_in, visit
from benchmarks.growth.people import sign_in
from benchmarks.growth.report import Curve
from benchmarks.growth.towns import town
from benchmarks.growth.watch import Looked, Watch
from benchmarks.system import System

_SHOPPERS = 60
_WATCHED = 3
REST_S = 1.1
"""Longer than a page is kept: every look is a new one."""


class WrongAnswer(Exception):
    """A look was refused; the message has the answer."""


@dataclass
class Place:
    system: System
    town: Town
    connection: http.client.HTTPConnection
    watch: Watch
    times_ms: dict[str, list[float]] = field(default_factory=dict)
    items: dict[str, int | None] = field(default_factory=dict)
    looked: dict[str, Looked] = field(default_factory=dict)
    alone_ms: Mapping[str, float] = field(default_factory=dict)

    def time(self, name: str, ask: Ask, turn: int) -> None:
        request = ask(self.town, turn)
        began = time.perf_counter()
        status, answer = self._ask(request)
        taken = (time.perf_counter() - began) * 1000
        if status not in (200, 201):
            raise WrongAnswer(f"{name}: {status} {answer[:300]!r} to {request}")
        self.times_ms.setdefault(name, []).append(taken)
        self.items[name] = items_in(answer)

    def look(self, looks: Mapping[str, Ask], turn: int) -> None:
        """Some times more, while the database says what it looks at: for others too, so the least is the look's own."""
        for again in range(_WATCHED):
            self.connection.close()  # a new one: the server ends what was silent while others were looked at
            time.sleep(REST_S)
            with self.watch.watching():
                for name, ask in looks.items():
                    mark = self.watch.mark()
                    self._ask(ask(self.town, turn + again))
                    seen = self.watch.since(mark)
                    self.looked[name] = min(self.looked.get(name, seen), seen, key=lambda looked: looked.pages)

    def be_alone(self) -> None:
        """What the product does by itself, once the server has ended."""
        alone = asyncio.run(time_background(self.system.environment))
        verify_ms, broken = time_verify(self.system.database_url)
        print("\n".join(broken[:5]), flush=True)
        self.alone_ms = {**alone, "verify": verify_ms}

    def _ask(self, request: Request) -> tuple[int, bytes]:
        headers = {"authorization": f"Bearer {request.token}"} if request.token else {}
        body = None
        if request.body is not None:
            body = json.dumps(request.body)
            headers |= {"content-type": "application/json", "idempotency-key": request.key or ""}
        self.connection.request(request.method, request.path, body, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()


def prepared(stack: ExitStack, folder: Path, size: Size, *, keep: bool) -> System:
    """A filled town, whose plans can be watched."""
    system = stack.enter_context(town(folder, size, keep=keep))
    watch.prepare(system.database_url)
    return system


def opened(stack: ExitStack, system: System, size: Size) -> Place:
    """Its server runs as long as the stack."""
    crowd = asyncio.run(sign_in(system.environment, _SHOPPERS, MERCHANT))
    stack.enter_context(system.processes())
    connection = http.client.HTTPConnection("127.0.0.1", system.port)
    seen = visit(system.database_url, size, crowd)
    return Place(system, seen, connection, Watch(system.database_url, system.cluster.log))


def curves(places: list[Place]) -> list[Curve]:
    found = [
        Curve(
            name,
            [median(place.times_ms[name]) for place in places],
            [_p95(place.times_ms[name]) for place in places],
            [place.looked[name].pages for place in places],
        )
        for name in places[0].times_ms
    ]
    for name in places[0].alone_ms:
        times = [place.alone_ms[name] for place in places]
        found.append(Curve(name, times, times, [], linear=name.endswith(LINEAR)))
    return found


def _p95(times: list[float]) -> float:
    return sorted(times)[int(0.95 * (len(times) - 1))]
