"""The one place that says what an error of the database or the disk means: nobody can work now, or only this once.

An *outage* is nobody's fault and passes: what was asked may be asked again later, unchanged, and it counts against
nothing. A *passing* error is an outage or a collision with somebody else: the same transaction may go through when it
is repeated. Everything else is the fault of what was asked.
"""

import errno

import psycopg
from psycopg import errors

from chengtuan.kernel.problems import Problem, Unavailable

_OUTAGE_CLASSES = (
    "08",  # connection lost or refused
    "53",  # disk full, out of memory, too many connections
    "58",  # the server's own files: input/output errors
)
_OUTAGE_STATES = frozenset(
    {
        "25006",  # read-only: a standby, or a primary that was made one; nothing can be written for now
        "57P01",  # admin shutdown: stopped or terminated by an administrator
        "57P02",  # crash shutdown: another process of the server has crashed
        "57P03",  # cannot connect now: starting, stopping, recovering
        "57P04",  # database dropped
        "57P05",  # idle session timeout
    }
)
_OUTAGE_ERRNOS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE})
"""This machine's disk is full, read-only or broken, or no more files can be open."""
_COLLISIONS = frozenset(
    {
        "25P03",  # idle in transaction for too long
        "25P04",  # transaction timeout
        "40001",  # serialization failure
        "40P01",  # deadlock
        "55P03",  # lock not available in time
        "57014",  # statement cancelled, for example by its timeout
    }
)


def is_outage(error: BaseException) -> bool:
    """Whether the database, or this machine's disk, cannot do anybody's work now.

    An error without a state comes from the client's side: a connection that broke, or none to be had in time.
    """
    if isinstance(error, psycopg.Error) and error.sqlstate is not None:
        return error.sqlstate[:2] in _OUTAGE_CLASSES or error.sqlstate in _OUTAGE_STATES
    if isinstance(error, OSError):
        return error.errno in _OUTAGE_ERRNOS
    return isinstance(error, psycopg.OperationalError)


def may_pass(error: BaseException) -> bool:
    """Whether the same transaction may go through when it is repeated: an outage or a collision."""
    return is_outage(error) or (isinstance(error, psycopg.Error) and error.sqlstate in _COLLISIONS)


def is_nobodys_fault(error: BaseException) -> bool:
    """Whether what was asked is not to blame: the database, another process of ours or a partner cannot work now."""
    return is_outage(error) or (isinstance(error, Problem) and error.status == Unavailable.status)


def is_read_only(error: BaseException) -> bool:
    """Whether this connection leads to a server that takes no writes: another one may lead to one that does."""
    return isinstance(error, errors.ReadOnlySqlTransaction)


def cause(error: BaseException) -> str:
    """What happened in a word or two, for places that strangers can see: names and numbers, never addresses or data."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    state = error.sqlstate if isinstance(error, psycopg.Error) else None
    return f"{type(error).__name__} ({state})" if state else type(error).__name__
