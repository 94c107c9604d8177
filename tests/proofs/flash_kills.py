"""Real processes of a running flash sale, and kill -9: what was acknowledged is there once, and comes to an end."""

import asyncio
import contextlib
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator

import httpx

from tests.faults.customers import Customers
from tests.faults.system import System, running_system
from tests.proofs.careless import careless
from tests.proofs.flash_crowd import FlashCrowd
from tests.proofs.ground import Ground
from tests.proofs.kills import as_supervised, kill, verdict
from tests.proofs.proof import Control, Proof, Result
from tests.proofs.shoppers import come_to_rest
from tests.proofs.told import Stored

PEOPLE, UNITS, KILLS = 240, 150, 5
FEW_PEOPLE, FEW_UNITS, FEW_KILLS = 60, 40, 2
LONG = 5
MOMENTS = 20
_NO_LIMITS = httpx.Limits(max_connections=None)
"""Each of the crowd has a connection of their own."""
_PACE = {"CHENGTUAN_FLASH_HOLDS_PER_SECOND": "40"}
"""So that the crowd is let in as long as processes die."""
_HOLDS = "select user_id::text, request_id::text, id::text from trade.flash_hold"
_ORDERS = """
    select h.id::text, h.status, count(o.id) from trade.flash_hold h
    left join trade.shop_order o on o.kind = 'flash' and o.request_id = h.id
    group by 1, 2 having count(o.id) <> case h.status when 'ordered' then 1 when 'released' then 1 else 0 end"""
_VICTIMS = ("server", "worker", "PostgreSQL")
_environ: list[dict[str, str]] = [{}]
"""The last one is added to the server's environment; a control puts one on top."""


async def play(ground: Ground, seed: int) -> Result:
    return await _sale(ground, seed, PEOPLE, UNITS, KILLS)


async def play_small(ground: Ground, seed: int) -> Result:
    return await _sale(ground, seed, FEW_PEOPLE, FEW_UNITS, FEW_KILLS)


async def _sale(ground: Ground, seed: int, people: int, units: int, kills: int) -> Result:
    """Of an odd seed relays and jobs are a process of their own."""
    chance = random.Random(seed)
    async with (
        running_system(
            ground.fresh_folder(), server_environ=_PACE | _environ[-1], background_apart=bool(seed % 2)
        ) as system,
        httpx.AsyncClient(timeout=15, trust_env=False, limits=_NO_LIMITS) as http,
    ):
        crowd = FlashCrowd(Customers(system, http), chance)
        await crowd.open_sale(units)
        members = system.crowd(people, wechat=True)
        began = time.monotonic()
        living = asyncio.gather(*(crowd.live(member) for member in members))
        try:
            moments = await _kill_at_random(system, chance, living, kills, began)
            while not living.done():
                await as_supervised(system)
                await asyncio.sleep(0.3)
        finally:
            living.cancel()
        await living
        return await _judged(system, http, crowd, moments)


async def _kill_at_random(
    system: System, chance: random.Random, living: "asyncio.Future[list[None]]", kills: int, began: float
) -> list[str]:
    """Each kind at least once where there are so many; when which was killed."""
    there = [*_VICTIMS, "background"] if system.background_apart else _VICTIMS
    victims = chance.sample(there, min(kills, len(there)))
    victims += chance.choices(there, k=kills - len(victims))
    moments: list[str] = []
    for victim in victims:
        await asyncio.sleep(chance.uniform(0.2, 1.5))
        if living.done():
            break
        await as_supervised(system)
        moments.append(f"{victim} killed at {time.monotonic() - began:.2f} s")
        await kill(system, victim)
    return moments


async def _judged(system: System, http: httpx.AsyncClient, crowd: FlashCrowd, moments: list[str]) -> Result:
    stored: list[Stored] = [(who, key, what) for who, key, what in system.rows(_HOLDS)]
    found = [*crowd.told.lies(stored), *crowd.stranded()]
    found += await come_to_rest(system, http)
    found += [f"hold {hold_id}, {status}, has {orders} orders" for hold_id, status, orders in system.rows(_ORDERS)]
    found += await verdict(system)
    found += await _verified(system)
    figures = Counter({"people": len(crowd.told.got) + len(crowd.told.refused)})
    figures |= Counter({"holds acknowledged": len(crowd.told.got), "requests sent again": crowd.customers.retries})
    figures |= Counter({"holds refused an order": sum(end.get("status") == "refused" for end in crowd.ends.values())})
    figures |= Counter({f"told {code}": number for code, number in crowd.told.codes.items()})
    figures |= Counter(f"{moment.partition(' killed')[0]} killed" for moment in moments)
    when = "; ".join(moments) or "nobody was killed"
    return Result(figures, violations=[f"{words} [{when}]" for words in found])


async def _verified(system: System) -> list[str]:
    """What an operator would hear."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "chengtuan.apps.cli", "verify", "--settled"),
        env=os.environ | system.environ,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return [] if process.returncode == 0 else [f"chengtuan verify: {said.decode()[-1000:]}"]


def _enough_happened(total: Result, rounds: int) -> list[str]:
    killed = sum(number for name, number in total.figures.items() if name.endswith(" killed"))
    if rounds < LONG or killed >= MOMENTS:
        return []
    return [f"only {killed} processes were killed, not {MOMENTS}"]


@contextlib.contextmanager
def _answering_before_the_commit(_: Ground) -> Iterator[None]:
    _environ.append(careless("early"))
    try:
        yield
    finally:
        _environ.pop()


PROOF = Proof(
    slug="flash-kills",
    claim=(
        "At twenty random moments of flash sales with a crowd at the doors, kill -9 of the server, its worker,"
        " the process in the background and PostgreSQL loses no hold that was acknowledged and makes none twice:"
        " each becomes one order or a refusal that is told, nobody is told no and has something, and stock, limits"
        " and money are right."
    ),
    rule="2-4, 7, 8",
    round=play,
    small=play_small,
    short=1,
    long=LONG,
    judge=_enough_happened,
    controls=[
        Control(
            name="commit",
            removed="that a hold is answered after its commit",
            shows="acknowledged, and not there",
            without=_answering_before_the_commit,
            most_rounds=6,
            long_only=True,
        )
    ],
    workers=1,
    marks=("faults", "slow", "postgres"),
    patience_s=1200.0,
)
