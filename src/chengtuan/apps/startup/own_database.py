"""A database that the person named, kept for one copy on this or any other machine."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import psycopg

from chengtuan.apps.embedded.problems import SetupProblem
from chengtuan.platform.tasks import end

DATABASE_URL = "CHENGTUAN_DATABASE_URL"
_LOCK = "chengtuan-up"
_LOOK_EVERY_S = 5.0


def unreachable(error: psycopg.OperationalError) -> SetupProblem:
    """The sentence for a database that does not answer."""
    reason = str(error).strip().splitlines()[0]
    return SetupProblem(f"The database of CHENGTUAN_DATABASE_URL cannot be used: {reason}")


def holds_a_shop(url: str) -> bool:
    """Whether the database has tables of ours, of whichever release. Raises SetupProblem when it does not answer."""
    try:
        with psycopg.connect(url) as connection:
            return has_tables(connection)
    except psycopg.OperationalError as error:
        raise unreachable(error) from error


def has_tables(connection: psycopg.Connection[Any]) -> bool:
    """Whether any release has made its tables here."""
    return connection.execute("select 1 from pg_namespace where nspname = 'accounts'").fetchone() is not None


@contextlib.contextmanager
def nobody_else(url: str) -> Iterator[None]:
    """As `kept_for_us`, for a short while."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("select pg_try_advisory_lock(hashtext(%s))", (_LOCK,)).fetchone()
        if row is None or not row[0]:
            raise _another_copy()
        yield


def _another_copy() -> SetupProblem:
    return SetupProblem(
        "Another copy of Chengtuan runs on the database of CHENGTUAN_DATABASE_URL, on this machine or another; "
        "stop it first, or name another database."
    )


@contextlib.asynccontextmanager
async def kept_for_us(url: str, say: Callable[[str], None]) -> AsyncIterator[None]:
    """Holds a lock in the database, so that a copied data folder cannot run over it at the same time.

    The lock ends with its connection, and is taken again when the database comes back.
    """
    try:
        connection = await _take(url)
    except psycopg.OperationalError as error:
        raise unreachable(error) from error
    if connection is None:
        raise _another_copy()
    keeper = asyncio.create_task(_keep(connection, url, say))
    try:
        yield
    finally:
        await end([keeper])


async def _take(url: str) -> psycopg.AsyncConnection | None:
    connection = await psycopg.AsyncConnection.connect(url, autocommit=True, application_name="chengtuan-up")
    row = await (await connection.execute("select pg_try_advisory_lock(hashtext(%s))", (_LOCK,))).fetchone()
    if row is not None and row[0]:
        return connection
    await connection.close()
    return None


async def _keep(connection: psycopg.AsyncConnection | None, url: str, say: Callable[[str], None]) -> None:
    told = False
    try:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            try:
                if connection is None:
                    connection = await _take(url)
                    if connection is None and not told:
                        say("another copy runs on our database now; stop one of them")
                        told = True
                else:
                    await connection.execute("select 1")
            except psycopg.OperationalError:
                connection = None  # it is away; taken again when it is back
    finally:
        if connection is not None:
            await connection.close()
