"""Who does a job when it falls due.

Two kinds of handler:

* a *timer* runs inside the transaction that claims it: its effect in the database happens exactly
  once, and it may not call anybody;
* a *task* runs outside any transaction under a lease, may call facades and gateways, and is
  repeated with back-off until it returns: it must be idempotent.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from chengtuan.platform.database import WriteSession
from chengtuan.platform.jobs import Job

FOR_EVER: None = None
"""For work that must not be given up, such as everything that moves money: it is tried every five minutes."""
TRIES = 48
"""How often work is tried that a person may as well look at: about three hours and a half."""


@dataclass(frozen=True, slots=True)
class Timer:
    """`tries`: after so many failures it is given up, until a person tries it again."""

    kind: str
    handler: Callable[[WriteSession, Job], Awaitable[None]]
    tries: int | None = TRIES


@dataclass(frozen=True, slots=True)
class Task:
    """`lease` is how long a crashed attempt blocks the next one; `tries` as for a timer."""

    kind: str
    handler: Callable[[Job], Awaitable[None]]
    lease: timedelta = timedelta(seconds=60)
    tries: int | None = TRIES


@dataclass(frozen=True, slots=True)
class Periodic:
    """A task that falls due again `every` so often, in one process at a time."""

    kind: str
    handler: Callable[[Job], Awaitable[None]]
    every: timedelta
    lease: timedelta = timedelta(seconds=60)
    tries: None = FOR_EVER
