"""The proof of payment chaos, and its controls."""

import random
from collections import Counter

from tests.proofs.chaos.controls import CONTROLS
from tests.proofs.chaos.market import Market, open_market
from tests.proofs.chaos.recovery import recover
from tests.proofs.chaos.schedule import Schedule
from tests.proofs.chaos.tally import FAULTS
from tests.proofs.chaos.verdict import verdict
from tests.proofs.ground import Ground
from tests.proofs.proof import Proof, Result

SCHEDULES = 4
LONG = 250
_FIGURES = """
    select (select count(*) from trade.shop_order), (select count(*) from payments.payment where status = 'paid'),
        (select count(*) from trade.refund where status = 'succeeded'),
        (select count(*) from trade.buy_group where status = 'succeeded'),
        (select count(*) from trade.buy_group where status = 'failed'),
        (select count(*) from (select payable_id from payments.payment where status = 'paid'
            group by 1 having count(*) > 1) twice)"""
_NAMES = ("orders", "payments", "refunds", "groups formed", "groups failed", "orders paid twice")


async def play(ground: Ground, seed: int) -> Result:
    """Some schedules one after the other in one shop; after each of them everything has to come right."""
    chance = random.Random(seed)
    result = Result()
    async with open_market(ground, chance) as market:
        for number in range(1, SCHEDULES + 1):
            found = await _one(market, chance)
            result.violations += [f"schedule {number}: {words}" for words in found]
            if found:
                break  # what comes after would only repeat it
            result.figures["schedules"] += 1
        result.figures.update(await _figures(market))
    return result


async def _one(market: Market, chance: random.Random) -> list[str]:
    schedule = Schedule(market, chance)
    await schedule.live()
    at_once = await verdict(market, settled=False)
    unfinished = await recover(market)
    return [*schedule.wrong, *at_once, *unfinished, *await verdict(market)]


async def _figures(market: Market) -> Counter[str]:
    [row] = await market.rows(_FIGURES)
    hits = market.tally.hits
    return Counter(dict(zip(_NAMES, row, strict=True)) | {"faults that hit": hits.total()} | hits)


def enough(total: Result, rounds: int) -> list[str]:
    """In a long run: ten faults that hit for each schedule, and every kind of fault."""
    if rounds < LONG:
        return []
    hits, schedules = total.figures["faults that hit"], total.figures["schedules"]
    wrong = [f"{name} never happened" for name in FAULTS if not total.figures[name]]
    return wrong if hits >= 10 * schedules else [f"only {hits} faults hit in {schedules} schedules", *wrong]


PROOF = Proof(
    slug="chaos",
    claim=(
        "Whatever the provider, the network and the database do wrong, and whenever the process dies, in the end our"
        " books equal the provider's to the fen: nobody has paid without a seat or a refund, no refund is lost or"
        " made twice."
    ),
    rule="1-6, 8",
    round=play,
    short=1,
    long=LONG,
    judge=enough,
    controls=CONTROLS,
    marks=("slow", "postgres"),
)
