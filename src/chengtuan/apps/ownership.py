"""Whose database this is: the folder, the keys and the database are compared before anything is opened.

A folder and its database carry the same random identity, and the database keeps a check value of each
key. Whatever does not fit is refused in one sentence, because going on would show an empty shop, or
write beside data that nobody can read any more.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import psycopg

from chengtuan.apps.embedded.mark import FolderMark, read_mark, write_mark
from chengtuan.apps.embedded.problems import SetupProblem
from chengtuan.apps.registry import MANIFESTS
from chengtuan.apps.startup.folder import refuse_half_restored
from chengtuan.apps.startup.own_database import has_tables
from chengtuan.platform.crypto import KeyRing, key_check
from chengtuan.platform.installation import (
    FILLING,
    PLATFORM,
    RESTORING,
    WHOLE,
    Connection,
    Record,
    found,
    keep_key_checks,
    read_record,
    set_state,
    unreadable,
)
from chengtuan.platform.settings import PlatformSettings, load_settings

if TYPE_CHECKING:
    from chengtuan.platform.migrations import Schema

INTERNAL = "internal key"
_SAMPLE = 200
_LOCK = "chengtuan-ownership"


@dataclass(frozen=True)
class Keys:
    """The keys that this process was started with."""

    ring: KeyRing
    internal: str

    @staticmethod
    def of(settings: PlatformSettings) -> "Keys":
        """Raises SetupProblem for what is no key."""
        try:
            ring = KeyRing.parse(settings.field_key, settings.index_key)
        except (ValueError, IndexError, KeyError) as error:
            raise SetupProblem(
                "CHENGTUAN_FIELD_KEY must be a number, a colon and base64 of 32 bytes, and CHENGTUAN_INDEX_KEY base64 "
                "of 32 bytes; put back the ones that this shop was made with."
            ) from error
        return Keys(ring, settings.internal_key)

    def checks(self, identity: UUID) -> dict[str, bytes]:
        internal = key_check(self.internal.encode(), str(identity))
        return {**self.ring.checks(str(identity)), INTERNAL: internal}


def bring_up_to_date(environ: Mapping[str, str], schemas: "Sequence[Schema]" = MANIFESTS) -> None:
    """Makes sure that folder, keys and database belong together, then migrates. Raises SetupProblem.

    A new database gets an identity. One of an earlier release gets it if the keys open what is there.
    A folder without identity joins a database whose keys it has.
    """
    from chengtuan.platform.migrations import migrate  # a process that serves never migrates, and Alembic is large

    settings = load_settings(PlatformSettings, environ)
    keys = Keys.of(settings)
    refuse_half_restored(settings.data)
    with _alone(settings.database_url) as connection:
        mark, record = read_mark(settings.data), read_record(connection)
        if record is None:
            identity = _identity_for(connection, settings, mark, keys)
            migrate(settings.database_url, [PLATFORM])
            with connection.transaction():
                found(connection, identity)
                keep_key_checks(connection, keys.checks(identity))
        else:
            _refuse_unlike(settings, mark, record, keys, may_add=True)
            identity = record.identity
            migrate(settings.database_url, [PLATFORM])
            with connection.transaction():
                keep_key_checks(connection, keys.checks(identity))
        settings.data.mkdir(parents=True, exist_ok=True)
        write_mark(settings.data, FolderMark(identity, founded=True))
        migrate(settings.database_url, schemas)


def refuse_stranger(environ: Mapping[str, str], *, also_half_filled: bool = False) -> None:
    """For a process about to open the shop: raises SetupProblem unless all belongs together and is whole.

    `also_half_filled` lets those in who finish or undo an interrupted filling.
    """
    settings = load_settings(PlatformSettings, environ)
    keys = Keys.of(settings)
    refuse_half_restored(settings.data)
    with psycopg.connect(settings.database_url) as connection:
        record = read_record(connection)
    if record is None:
        raise SetupProblem("The database has no shop yet, or one of an earlier release; run `chengtuan migrate` first.")
    _refuse_unlike(settings, read_mark(settings.data), record, keys, may_add=False)
    if record.state == FILLING and not also_half_filled:
        raise SetupProblem("Filling the shop with demo data was interrupted; `chengtuan seed` starts over and ends it.")


@contextmanager
def filling(database_url: str) -> Iterator[None]:
    """While demo data is written: an interruption leaves the database marked as not whole."""
    with psycopg.connect(database_url) as connection:
        set_state(connection, FILLING)
    yield
    with psycopg.connect(database_url) as connection:
        set_state(connection, WHOLE)


@contextmanager
def _alone(database_url: str) -> Iterator[Connection]:
    """One process at a time decides whose database it is."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(hashtext(%s))", (_LOCK,))
        yield connection


def _identity_for(connection: Connection, settings: PlatformSettings, mark: FolderMark | None, keys: Keys) -> UUID:
    """The identity for a database that has none."""
    if mark is not None and mark.founded:
        raise SetupProblem(
            f"{settings.data} belongs to the shop {mark.identity}, but the database that was named has never seen "
            "that shop; name the right database, or restore a backup into an empty folder and an empty database."
        )
    if has_tables(connection):
        with connection.transaction():
            closed = unreadable(connection, [each.metadata for each in MANIFESTS], keys.ring, sample=_SAMPLE)
        if closed:
            raise SetupProblem(_wrong_keys(settings, f"they do not open {closed[0]}"))
    return mark.identity if mark is not None else uuid4()


def _refuse_unlike(
    settings: PlatformSettings, mark: FolderMark | None, record: Record, keys: Keys, *, may_add: bool
) -> None:
    if record.state == RESTORING:
        raise SetupProblem(
            "Restoring a backup into this database was interrupted; run the same `make restore` again, it starts over."
        )
    if mark is not None and mark.founded and mark.identity != record.identity:
        raise SetupProblem(
            f"{settings.data} belongs to the shop {mark.identity}, but the database to the shop {record.identity}; "
            "name the folder and the database of the same shop."
        )
    ours = keys.checks(record.identity)
    known = {name: value for name, value in record.key_checks.items() if name != INTERNAL}
    if wrong := sorted(name for name, value in known.items() if ours.get(name) != value):
        raise SetupProblem(_wrong_keys(settings, f"another {' and '.join(wrong)}"))
    if may_add:
        return
    if added := sorted(ours.keys() - record.key_checks.keys()):
        raise SetupProblem(f"The database does not know the {added[0]} yet; run `chengtuan migrate` first.")
    if ours[INTERNAL] != record.key_checks.get(INTERNAL):
        raise SetupProblem(
            "CHENGTUAN_INTERNAL_KEY is not the one of this shop's other processes; give all of them the same one "
            "and run `chengtuan migrate` once."
        )


def _wrong_keys(settings: PlatformSettings, why: str) -> str:
    return (
        f"The keys are not those that this shop's personal data was written with ({why}); put back its "
        f"{settings.data / 'secrets.env'}, or the keys file of a backup under that name, and start again."
    )
