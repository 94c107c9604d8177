"""Speed without correctness is worth nothing: what was answered must be what is stored."""

from collections.abc import Iterable

import psycopg

from benchmarks.fill.shop import ON_HAND
from benchmarks.stage import Outcome
from benchmarks.workloads import WORKLOADS, Made
from tests.support.invariants import violations

_STORED: dict[Made, str] = {
    "alone": "select count(*) from trade.shop_order where kind = 'solo' and paid_at is null",
    "seats": "select count(*) from trade.shop_order where kind = 'group' and paid_at is null",
    "paid": "select count(*) from trade.shop_order where paid_at is not null",
    "holds": "select count(*) from trade.flash_hold h join trade.shop_order o on o.id = h.order_id"
    " and (o.user_id, o.kind) = (h.user_id, 'flash')",
}


class WrongRows(Exception):
    """The database does not hold what the clients were told."""


def check_orders(database_url: str, outcomes: Iterable[tuple[str, Outcome]], *, prepared: int) -> None:
    """As many orders of each kind as were accepted, and one of each hold. Raises WrongRows."""
    told = as_told(outcomes, prepared=prepared)
    with psycopg.connect(database_url) as connection:
        stored = {made: _number(connection, question) for made, question in _STORED.items()}
        holds = _number(connection, "select count(*) from trade.flash_hold")
    wrong = {made: count for made, count in stored.items() if not told[made][0] <= count <= told[made][1]}
    if wrong or holds != stored["holds"]:
        raise WrongRows(f"answered {told} (at least and at most), stored {stored}, {holds} holds")


def as_told(outcomes: Iterable[tuple[str, Outcome]], *, prepared: int) -> dict[Made, tuple[int, int]]:
    """How many of each kind there have to be and may be.

    Whoever was told that the server has too much to do, or gave up waiting, may have got it, or a part: an order that
    they could not pay.
    """
    least = dict.fromkeys(_STORED, 0) | {"paid": prepared}
    most = dict(least)
    for name, outcome in outcomes:
        makes, answers = WORKLOADS[name].makes, outcome.result.answers
        if makes is None:
            continue
        made = answers.get("ok", 0) if outcome.made is None else outcome.made
        unclear = sum(count for what, count in answers.items() if what != "ok" and not what.startswith("4"))
        least[makes] += made
        most[makes] += made + unclear
        if makes == "paid":
            most["seats"] += unclear
    return {made: (least[made], most[made]) for made in least}


def _number(connection: psycopg.Connection[tuple[int]], question: str) -> int:
    row = connection.execute(question.encode()).fetchone()
    assert row
    return row[0]


def check_stock(database_url: str) -> None:
    """No unit appeared or vanished. Raises WrongRows."""
    with psycopg.connect(database_url) as connection:
        wrong = connection.execute("select * from trade.stock where on_hand <> %s", (ON_HAND,)).fetchall()
    if wrong:
        raise WrongRows(f"stock that does not add up: {wrong}")


def check_invariants(database_url: str) -> None:
    """Everything that must hold in any database of this product, flash sales among it. Raises WrongRows."""
    found = violations(database_url, settled=False)
    if found:
        raise WrongRows("; ".join(found[:5]))
