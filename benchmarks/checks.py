"""Speed without correctness is worth nothing: what was answered must be what is stored."""

from collections.abc import Mapping

import psycopg

from benchmarks.load.meter import Result
from benchmarks.shop import ON_HAND
from tests.support.invariants import violations


class WrongRows(Exception):
    """The database does not hold what the clients were told."""


def check_orders(database_url: str, results: Mapping[str, Result], *, prepared: int) -> None:
    """As many orders as were accepted, and as many paid ones as were told to be. Raises WrongRows."""
    submitted = sum(results[name].answers.get("ok", 0) for name in results if name.startswith("submit_order"))
    joined = sum(results[name].answers.get("ok", 0) for name in results if name.startswith("join_group"))
    with psycopg.connect(database_url) as connection:
        pending, paid = connection.execute(
            "select count(*) filter (where status = 'pending_payment'),"
            " count(*) filter (where status in ('grouping', 'to_ship')) from trade.shop_order"
        ).fetchone() or (0, 0)
    if (pending, paid) != (submitted, joined + prepared):
        raise WrongRows(
            f"answered {submitted} submitted and {joined + prepared} paid orders, stored {pending} and {paid}"
        )


def check_stock(database_url: str) -> None:
    """No unit appeared or vanished. Raises WrongRows."""
    with psycopg.connect(database_url) as connection:
        wrong = connection.execute(
            "select s.sku_id from trade.stock s left join trade.shop_order o using (sku_id)"
            " group by s.sku_id having s.on_hand <> %(n)s or s.reserved <> coalesce(sum(o.quantity), 0)"
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
