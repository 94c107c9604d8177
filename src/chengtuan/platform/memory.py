"""Memory that was needed for a moment, given back to the system."""

import ctypes
from collections.abc import Callable
from functools import cache


def give_back_memory() -> None:
    """What was freed, and what the C library keeps for later; where it is another one than glibc, nothing happens.

    After a block of many megabytes glibc takes such blocks from its heaps, one for each thread, and a heap shrinks from
    its end alone: a server that decoded a few photos kept half a gigabyte for ever.
    """
    _trim()(0)


@cache
def _trim() -> Callable[[int], object]:
    try:
        found: Callable[[int], object] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return lambda _: None
    return found
