"""The order in which rows are locked, everywhere in `trade`: no two transactions wait for each other in a circle.

Whoever locks rows says so (`taken`): a class of rows is locked after all that come before it in `Lock`, and rows of one
class together, in the order of their ids. Rows that the transaction holds already may be named again at any time.
"""

from collections.abc import Iterable
from enum import IntEnum
from uuid import UUID
from weakref import WeakKeyDictionary

from chengtuan.platform.database import WriteSession


class Lock(IntEnum):
    """What is locked first, and what last."""

    BUYER = 1
    """A person: an advisory lock, because a person's limits span rows of all kinds."""
    GROUP = 2
    """A group, with its seats."""
    ORDER = 3
    FLASH = 4
    """What there is of a flash sale, all variants together, with everybody's holds of it; by the activity's id."""
    ACTIVITY = 5
    STOCK = 6
    FREIGHT = 7
    """What a merchant's deliveries cost: an advisory lock, because changes of it span templates and products."""
    LISTING = 8


class LockOrderViolated(RuntimeError):
    """A transaction locked rows of a class that comes before one that it holds already."""


_held: WeakKeyDictionary[WriteSession, dict[Lock, set[UUID]]] = WeakKeyDictionary()


def taken(tx: WriteSession, lock: Lock, ids: Iterable[UUID]) -> None:
    """These rows are locked by the statement that comes, or that just came. Raises LockOrderViolated."""
    held = _held.setdefault(tx, {})
    fresh = set(ids) - held.get(lock, set())
    if not fresh:
        return
    later = [other.name for other in held if other > lock]
    if later:
        raise LockOrderViolated(f"{lock.name} after {', '.join(later)}")
    held.setdefault(lock, set()).update(fresh)
