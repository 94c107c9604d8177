"""The product's own rules, and what only a test can compare: the provider's list of what it took and gave back."""

from collections.abc import Mapping
from typing import Any

import psycopg

from chengtuan.apps.verify.invariants import ALWAYS, ONCE_SETTLED, broken_rules
from tests.support.rows import ask

__all__ = ["ALWAYS", "ONCE_SETTLED", "violations", "violations_in"]

_PAYMENTS = "select out_trade_no, amount_fen from payments.payment where status = 'paid'"
_REFUNDS = (
    "select number || case when sequence > 1 then '@' || sequence else '' end, amount_fen from payments.refund"
    " where status = 'succeeded'"
)
_ANY_BROKEN = f"select {' or '.join(f'exists({query})' for query in ALWAYS.values())}"
_MONEY_CAME = ("SUCCESS", "REFUND")


def violations(database_url: str, *, ledger: Mapping[str, Any] | None = None, settled: bool = True) -> list[str]:
    """Every broken rule with a row that breaks it; empty is fine.

    `ledger` is the provider's own list, as the sandbox's desk gives it. `settled` False: events are still on
    their way, so only the rules that hold at every moment are checked.
    """
    with psycopg.connect(database_url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ  # one snapshot for all rules
        return violations_in(connection, ledger=ledger, settled=settled)


def all_is_well(database_url: str) -> bool:
    """Whether the rules that hold at every moment do; quick enough to be asked after every test."""
    return ask(database_url, _ANY_BROKEN) == [(False,)]


def violations_in(
    connection: psycopg.Connection[Any], *, ledger: Mapping[str, Any] | None = None, settled: bool = True
) -> list[str]:
    """As `violations`, as the transaction open on `connection` sees the database."""
    found = broken_rules(connection, settled=settled)
    if ledger is not None and settled:
        found += _differences(connection, ledger)
    return found


def _differences(connection: psycopg.Connection[Any], ledger: Mapping[str, Any]) -> list[str]:
    theirs = {t["out_trade_no"]: t["amount_fen"] for t in ledger["trades"] if t["state"] in _MONEY_CAME}
    returned = {r["out_refund_no"]: r["amount_fen"] for r in ledger["refunds"] if r["status"] == "SUCCESS"}
    ours = dict(connection.execute(_PAYMENTS.encode()).fetchall())
    back = dict(connection.execute(_REFUNDS.encode()).fetchall())
    return [
        *_compare("a payment, here and at the provider", ours, theirs),
        *_compare("a refund, here and at the provider", back, returned),
    ]


def _compare(what: str, ours: Mapping[str, int], theirs: Mapping[str, int]) -> list[str]:
    return [
        f"{what}: {number} is {ours.get(number)} fen here and {theirs.get(number)} fen there"
        for number in sorted(ours.keys() | theirs.keys())
        if ours.get(number) != theirs.get(number)
    ]
