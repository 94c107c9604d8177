"""Knows whether this task has a database transaction open.

While one is, nothing may be asked of another module or of the outside world: locks would be
held for as long as a stranger likes, and the call could not become a network call.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_open: ContextVar[bool] = ContextVar("transaction_open", default=False)


class CallInTransaction(RuntimeError):
    """Another module or the outside world was called while a transaction was open."""


@contextmanager
def transaction_scope() -> Iterator[None]:
    if _open.get():
        raise CallInTransaction("a second transaction inside the first one")
    token = _open.set(True)
    try:
        yield
    finally:
        _open.reset(token)


def assert_no_transaction(what: str) -> None:
    """Raises CallInTransaction naming `what` if a transaction is open in this task."""
    if _open.get():
        raise CallInTransaction(what)
