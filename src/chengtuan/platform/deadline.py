"""How long the request in hand may still wait for others: for the database, for a partner, for its turn.

The outermost layer starts the time when a request has arrived whole. Whatever waits asks for what is left, so
that a request is answered in time however many things it waits for, one after the other. Work that belongs to
no request has no deadline of its own, and waits as long as its callee's own limit says.
"""

import time
from contextvars import ContextVar


class _Deadline:
    """Shared by the request's task and those it starts, so that each of them can renew it."""

    def __init__(self, seconds: float) -> None:
        self.seconds = max(0.0, seconds)
        self.at = time.monotonic() + seconds


_current: ContextVar[_Deadline | None] = ContextVar("deadline", default=None)


class within:  # noqa: N801  (a context manager reads as a word; a generator would cost each request more)
    """What happens inside may wait for so many seconds in all."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        self._token = _current.set(_Deadline(self._seconds))

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)


def renew() -> None:
    """Start again with the full time: a request that waited on purpose, as a long poll does, goes to work."""
    deadline = _current.get()
    if deadline is not None:
        deadline.at = time.monotonic() + deadline.seconds


def remaining(otherwise: float) -> float:
    """Seconds that are left, at most `otherwise`.

    An eighth of the whole is always left: a request whose time went into work, on a machine that is busy, still
    gets what answers at once. One that waits for something that hangs waits for it once, and then it is over.
    """
    deadline = _current.get()
    if deadline is None:
        return otherwise
    return min(otherwise, max(deadline.seconds / 8, deadline.at - time.monotonic()))
