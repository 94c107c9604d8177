"""Real processes, and kill -9: server, worker, PostgreSQL and the provider die while sixty people buy."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Iterator

import httpx

from tests.faults.customers import Customers
from tests.faults.system import System, running_system
from tests.proofs.careless import careless
from tests.proofs.chaos.verdict import OUTCOMES, refunded_twice
from tests.proofs.ground import Ground
from tests.proofs.proof import Control, Proof, Result
from tests.proofs.shoppers import Shoppers, come_to_rest
from tests.support.invariants import violations

PEOPLE = 60
KILLS = 5
_environ: list[dict[str, str]] = [{}]
"""The last one is added to the server's environment; a control puts one on top."""
FAULTS = (
    *("callback_lost", "callback_duplicated", "callback_delayed", "callback_out_of_order", "callback_bad_signature"),
    *("callback_wrong_amount", "api_500", "api_500_after", "api_frequency_limited", "pay_refused"),
    *("refund_abnormal", "refund_closed", "refund_delayed", "refund_notice_first"),
)


async def play(ground: Ground, seed: int) -> Result:
    chance = random.Random(seed)
    async with (
        running_system(ground.fresh_folder(), server_environ=_environ[-1]) as system,
        httpx.AsyncClient(timeout=15, trust_env=False) as http,
    ):
        shoppers = Shoppers(Customers(system, http), chance)
        await shoppers.open_campaign()
        living = asyncio.gather(*(shoppers.live(member) for member in system.crowd(PEOPLE, wechat=True)))
        try:
            killed = await _kill_now_and_then(system, chance, http, living)
            while not living.done():
                await as_supervised(system)
                await asyncio.sleep(0.3)
        finally:
            living.cancel()
        await living
        hits = await _end_faults(system, http)
        unfinished = await come_to_rest(system, http)
        figures = Counter(killed) | Counter(
            {"faults that hit": hits, "requests sent again": shoppers.customers.retries}
        )
        figures |= Counter({"orders acknowledged": len(shoppers.customers.acknowledged)})
        return Result(figures, violations=[*unfinished, *shoppers.lost(), *await verdict(system)])


async def _kill_now_and_then(
    system: System, chance: random.Random, http: httpx.AsyncClient, living: "asyncio.Future[list[None]]"
) -> Counter[str]:
    """Until so many were killed or everybody has gone home; PostgreSQL is always among them."""
    victims = ["PostgreSQL", *chance.choices(["server", "worker", "PostgreSQL", "provider"], k=KILLS - 1)]
    chance.shuffle(victims)
    killed: Counter[str] = Counter()
    for victim in victims:
        await _arm(system, chance, http)
        await asyncio.sleep(chance.uniform(0.3, 1.2))
        if living.done():
            break
        await as_supervised(system)
        await kill(system, victim)
        killed[f"{victim} killed"] += 1
    return killed


async def kill(system: System, victim: str) -> None:
    if victim == "PostgreSQL":
        await system.kill_postgres()
        await system.start_postgres()
    elif victim == "server":
        await system.kill_server()
        await system.start_server()
    elif victim == "worker":
        await system.kill_worker()
    elif victim == "background":
        await system.kill_background()
        await system.start_background()
    else:
        assert victim == "provider"
        await system.sandbox.kill()
        await system.sandbox.start()


async def as_supervised(system: System) -> None:
    """Who finds no database when it starts gives up; who runs it starts it again."""
    if system.server is not None and system.server.returncode is not None:
        await system.start_server()
    if system.background is not None and system.background.returncode is not None:
        await system.start_background()


async def _arm(system: System, chance: random.Random, http: httpx.AsyncClient) -> None:
    for kind in chance.sample(FAULTS, 6):
        fault = {"kind": kind, "times": chance.randint(1, 4), "seconds": chance.choice([1, 20, 300])}
        await http.post(f"{system.sandbox.url}/control/faults", json=fault)
        _armed[system.sandbox.url] = _armed.get(system.sandbox.url, 0) + int(str(fault["times"]))


_armed: dict[str, int] = {}


async def _end_faults(system: System, http: httpx.AsyncClient) -> int:
    """How many were used up."""
    left = (await http.get(f"{system.sandbox.url}/control/faults")).json()["items"]
    await http.delete(f"{system.sandbox.url}/control/faults")
    return _armed.pop(system.sandbox.url, 0) - sum(int(fault["times"]) for fault in left)


async def verdict(system: System) -> list[str]:
    ledger = await system.ledger()
    found = violations(system.url, ledger=ledger)
    found += [f"{name}: {row}" for name, query in OUTCOMES.items() for row in system.rows(query)]
    return found + refunded_twice(ledger["refunds"])


@contextlib.contextmanager
def _without_waiting_for_the_disk(_: Ground) -> Iterator[None]:
    _environ.append(careless("disk"))
    try:
        yield
    finally:
        _environ.pop()


PROOF = Proof(
    slug="kills",
    claim=(
        "While sixty people open, join, pay, pay twice and leave, and the provider misbehaves, kill -9 of the server,"
        " its worker, PostgreSQL and the provider loses nothing that was acknowledged, and everything comes right."
    ),
    rule="1-6, 8",
    round=play,
    short=1,
    long=5,
    controls=[
        Control(
            name="disk",
            removed="that a commit is on disk before it is answered",
            shows="acknowledged, and not there",
            without=_without_waiting_for_the_disk,
            most_rounds=6,
            long_only=True,
        )
    ],
    workers=1,
    marks=("faults", "slow", "postgres"),
    patience_s=1200.0,
)
