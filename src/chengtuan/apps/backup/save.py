"""Making a backup: database, pictures and keys as of one moment, while the shop may go on selling."""

import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from chengtuan import __version__
from chengtuan.apps.backup.files import pack
from chengtuan.apps.backup.manifest import DUMP, FILES, Manifest, describe_file
from chengtuan.apps.backup.programs import dump
from chengtuan.apps.embedded.problems import SetupProblem
from chengtuan.apps.installation import with_database
from chengtuan.apps.ownership import Keys, refuse_stranger
from chengtuan.apps.registry import MANIFESTS
from chengtuan.apps.startup.secrets import DATABASE_PASSWORD, KEYS_OF_A_SHOP, read_env_file, secrets_path, write_secrets
from chengtuan.apps.verify import examine
from chengtuan.apps.verify.check import missing_pictures, summary, uploaded
from chengtuan.platform.installation import PLATFORM, read_record
from chengtuan.platform.migrations import current_revisions
from chengtuan.platform.settings import PlatformSettings, load_settings


def back_up(own: Mapping[str, str], to: Path) -> list[str]:
    """Writes the shop of `own` (as `installation_environment`) into the new folder `to`, its keys beside it.

    The lines to tell the person. An interruption leaves nothing under that name. Raises SetupProblem.
    """
    to = to.resolve()
    if to.exists():
        raise SetupProblem(f"{to} exists already; name a new folder for the backup.")
    draft = to.with_name(f"{to.name}.partial")
    with with_database(own) as environ:
        refuse_stranger(environ)
        settings = load_settings(PlatformSettings, environ)
        try:
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(mode=0o700, parents=True)
            manifest = _write(settings, draft)
            keys_file = keys_file_of(to)
            write_secrets(keys_file, _keys(environ, settings.data))
            _settle(draft)
            draft.rename(to)
        except OSError as error:
            raise SetupProblem(f"The backup could not be written: {error.strerror or error}.") from error
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    warnings = [f"Attention, this was wrong in the shop already: {rule}" for rule in manifest.broken_rules]
    return [
        f"Backup: {to}",
        f"  {summary(manifest.counts)}",
        f"Keys: {keys_file}",
        "  Keep it somewhere else: whoever has both can read every phone and address, and without it nobody can.",
        *warnings,
    ]


def _keys(environ: Mapping[str, str], data: Path) -> dict[str, str]:
    """With the embedded database's password, so that the file can also stand in for a lost `secrets.env`."""
    kept = read_env_file(secrets_path(data))
    password = {name: value for name, value in kept.items() if name == DATABASE_PASSWORD}
    return {name: environ[name] for name in KEYS_OF_A_SHOP} | password


def keys_file_of(backup: Path) -> Path:
    """Where the keys of a backup are put, until somebody takes them to another place."""
    return backup.with_name(f"{backup.name}-keys.env")


def _write(settings: PlatformSettings, folder: Path) -> Manifest:
    """All parts of the backup; the manifest comes last. Pictures are never changed, so they may be copied later."""
    keys = Keys.of(settings)
    schemas = [manifest.name for manifest in MANIFESTS]
    with psycopg.connect(settings.database_url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ  # one snapshot for rules and dump
        record = read_record(connection)
        assert record is not None
        findings = examine(connection, keys.ring, None)
        if findings.unreadable:
            raise SetupProblem(f"The shop's keys do not open {findings.unreadable[0]}, so nothing was saved.")
        urls = uploaded(connection)
        snapshot = _one(connection, "select pg_export_snapshot()")
        dump(settings.database_url, schemas, snapshot, folder / DUMP)
        revisions = current_revisions(connection, [PLATFORM, *MANIFESTS])
        server = _one(connection, "show server_version")
    pack(settings.data, folder / FILES)
    missing = missing_pictures(urls, settings.data / "media")
    manifest = Manifest(
        version=__version__,
        taken_at=datetime.now(UTC).isoformat(timespec="seconds"),
        identity=str(record.identity),
        postgres=server,
        revisions=revisions,
        keys={name: value.hex() for name, value in keys.ring.checks(str(record.identity)).items()},
        counts=findings.counts,
        broken_rules=findings.broken_rules + [f"the picture {url} is missing" for url in missing],
        files={name: describe_file(folder / name) for name in (DUMP, FILES)},
    )
    manifest.write(folder)
    return manifest


def _one(connection: psycopg.Connection[Any], query: str) -> str:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return str(row[0])


def _settle(folder: Path) -> None:
    """Onto the disk, before the name says that it is whole."""
    for path in (*folder.iterdir(), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
