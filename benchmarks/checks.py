"""Speed without correctness is worth nothing: what was answered must be what is stored."""

from collections.abc import Mapping

import psycopg

from benchmarks.load.meter import Result
from benchmarks.shop import ON_HAND
from tests.support.invariants import violations


class WrongRows(Exception):
    """The database does not hold what the clients were told."""


def check_orders(database_url: str, results: Mapping[str, Result], *, prepared: int) -> None:
    """As many orders of each kind as were accepted, and as many paid ones as were told to be. Raises WrongRows."""

    def told(workload: str) -> int:
        return sum(result.answers.get("ok", 0) for name, result in results.items() if name.startswith(workload))

    expected = (told("submit_order"), told("join_seat"), told("join_group") + prepared)
    with psycopg.connect(database_url) as connection:
        stored = connection.execute(
            "select count(*) filter (where status = 'pending_payment' and kind = 'solo'),"
            " count(*) filter (where status = 'pending_payment' and kind = 'group'),"
            " count(*) filter (where status in ('grouping', 'to_ship')) from trade.shop_order"
        ).fetchone()
    if stored != expected:
        raise WrongRows(f"answered (alone, seats, paid) {expected}, stored {stored}")


def check_stock(database_url: str) -> None:
    """No unit appeared or vanished. Raises WrongRows."""
    with psycopg.connect(database_url) as connection:
        wrong = connection.execute(
            "select s.sku_id from trade.stock s left join trade.order_line o using (sku_id)"
            " group by s.sku_id, s.place_id having s.on_hand <> %(n)s or s.reserved <> coalesce(sum(o.quantity), 0)"
            " or s.available <> %(n)s - coalesce(sum(o.quantity), 0)",
            {"n": ON_HAND},
        ).fetchall()
    if wrong:
        raise WrongRows(f"stock that does not add up: {wrong}")


def check_invariants(database_url: str) -> None:
    """Everything that must hold in any database of this product. Raises WrongRows."""
    found = violations(database_url, settled=False)
    if found:
        raise WrongRows("; ".join(found[:5]))
