"""Random schedules of a small campaign through the whole product, found and shortened by Hypothesis."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

from tests.proofs.ground import Ground
from tests.proofs.proof import Control, Proof, Result
from tests.stateful import controls
from tests.stateful.run import run_schedules

SCHEDULES = 50
"""Of a round; each has a campaign, a product and people of its own."""
ROUNDS = 40
MANY = 20
"""So many rounds must have seen every ending."""
ENDINGS = (
    "groups succeeded",
    "groups failed",
    "orders cancelled",
    "orders refunded",
    "orders to_ship",
    "holds ordered",
    "holds released",
    "refunds group_failed",
    "refunds ladder_difference",
    "refunds initiator_perk",
    "refunds late_payment",
    "refunds cancelled",
    "paid twice",
    "lines cut",
)


@dataclass(frozen=True)
class _Search:
    """`shrink`: a violation is shortened; for a control the first one will do. `flash`: there are flash sales, too;
    what has nothing to do with them is seldom met among them.
    """

    shrink: bool = True
    flash: bool = True


_searches = [_Search()]
"""The last one tells how."""


async def play(ground: Ground, seed: int) -> Result:
    """In a thread, since Hypothesis does not know event loops and a schedule has its own.

    One that nobody waits for any more ends first: it would play on among the next one's rows.
    """
    given_up = threading.Event()
    playing = asyncio.ensure_future(
        asyncio.to_thread(_play, ground.fresh_database(), ground, seed, _searches[-1], given_up)
    )
    try:
        return await asyncio.shield(playing)
    except asyncio.CancelledError:
        given_up.set()
        await asyncio.wait([playing])
        raise


def _play(database_url: str, ground: Ground, seed: int, search: _Search, given_up: threading.Event) -> Result:
    try:
        figures = run_schedules(
            database_url,
            ground.fresh_folder(),
            seed=seed,
            count=SCHEDULES,
            shrink=search.shrink,
            flash=search.flash,
            given_up=given_up,
        )
    except Exception as broken:  # noqa: BLE001  (a schedule that breaks down refutes the claim as well)
        notes = "\n".join(getattr(broken, "__notes__", []))
        return Result(violations=[f"{broken}\n{notes}"])
    figures["schedules"] = SCHEDULES
    return Result(figures)


def _enough_happened(total: Result, rounds: int) -> list[str]:
    """Of few rounds only the plain endings are asked."""
    wanted = ENDINGS if rounds >= MANY else ENDINGS[:6]
    return [f"in no schedule: {name}" for name in wanted if not total.figures[name]]


def _without(
    guard: Callable[[str], AbstractContextManager[None]], *, flash: bool = False
) -> Callable[[Ground], AbstractContextManager[None]]:
    @contextlib.contextmanager
    def without(ground: Ground) -> Iterator[None]:
        _searches.append(_Search(shrink=False, flash=flash))
        try:
            with guard(ground.fresh_database()):
                yield
        finally:
            _searches.pop()

    return without


PROOF = Proof(
    slug="schedules",
    claim=(
        "Five people, a merchant, a provider that loses, repeats and falsifies, and a database line that is cut in"
        " the middle of transactions do at random what they can do: after every step seats, stock, limits and the"
        " ledger are right, and once all is quiet everybody has goods coming or their money back, and our books are"
        " the provider's."
    ),
    rule="1, 2, 3, 4, 5, 6, 8",
    round=play,
    short=1,
    long=ROUNDS,
    patience_s=1800.0,  # a step that waits for ever is told by itself; a busy machine refutes nothing
    judge=_enough_happened,
    controls=[
        Control(
            name="one-seat-each",
            removed="the unique index of active seats and the look at them",
            shows="one person has one active seat in a group",
            without=_without(controls.without_one_seat_each),
        ),
        Control(
            name="counting-stock",
            removed="the count of stock, in the rules and in the table",
            shows="stock equation",
            without=_without(controls.without_counting_stock),
        ),
        Control(
            name="counting-flash-stock",
            removed="the count of what a flash sale has left, in the rules and in the table",
            shows="a flash sale sells no more than was set aside for it",
            without=_without(controls.without_counting_flash_stock, flash=True),
        ),
        Control(
            name="purchase-limits",
            removed="the look at what a person has bought",
            shows="nobody buys more than the activity's limit",
            without=_without(controls.without_purchase_limits),
        ),
        Control(
            name="late-money",
            removed="the return of money that buys nothing",
            shows="nobody paid without",
            without=_without(controls.keeping_late_money),
        ),
        Control(
            name="leaving",
            removed="the refund of those who leave a group",
            shows="an order waits",
            without=_without(controls.keeping_the_money_of_those_who_leave),
        ),
        Control(
            name="transactions",
            removed="the transaction around what belongs together",
            shows="an order waits",
            without=_without(controls.without_transactions),
        ),
    ],
)
