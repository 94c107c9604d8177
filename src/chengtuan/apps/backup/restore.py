"""Restoring a backup: into an empty folder and an empty database, verified, and never half."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

from chengtuan.apps.backup.files import unpack
from chengtuan.apps.backup.manifest import DUMP, FILES, Manifest, read_manifest, refuse_damaged
from chengtuan.apps.backup.programs import load
from chengtuan.apps.backup.save import keys_file_of
from chengtuan.apps.embedded import Cluster
from chengtuan.apps.embedded.databases import create_database
from chengtuan.apps.embedded.location import NotOurDatabase, find_home
from chengtuan.apps.embedded.mark import FolderMark, write_mark, write_whole
from chengtuan.apps.embedded.problems import SetupProblem
from chengtuan.apps.ownership import Keys
from chengtuan.apps.registry import MANIFESTS
from chengtuan.apps.startup.folder import OURS, RESTORE_MARK, prepare_data_folder, remove
from chengtuan.apps.startup.own_database import DATABASE_URL, nobody_else, unreachable
from chengtuan.apps.startup.secrets import (
    DATABASE_PASSWORD,
    KEYS_OF_A_SHOP,
    load_or_make_secrets,
    read_env_file,
    secrets_path,
    write_secrets,
)
from chengtuan.apps.supervisor.lock import RunLock
from chengtuan.apps.up import DATABASE
from chengtuan.apps.verify import Findings, examine
from chengtuan.apps.verify.check import summary
from chengtuan.platform.installation import (
    PLATFORM,
    RESTORING,
    WHOLE,
    found,
    keep_key_checks,
    read_record,
    set_state,
)
from chengtuan.platform.migrations import make_role, migrate, unknown_revision
from chengtuan.platform.settings import PlatformSettings, load_settings

_LOCK_FILE = "chengtuan.lock"
_MADE_BY_SYSTEMS = {"lost+found", ".DS_Store"}


def restore(own: Mapping[str, str], backup: Path, data: Path, keys_file: Path | None = None) -> list[str]:
    """Makes `data` the backup's shop, in the database of `own` if that names one; the lines to tell the person.

    The restored shop has an identity of its own. Raises SetupProblem; what was interrupted is begun again.
    """
    backup, data = backup.resolve(), data.resolve()
    manifest = read_manifest(backup)
    refuse_damaged(backup, manifest)
    secrets = _keys_of(backup, keys_file or keys_file_of(backup), manifest)
    if unknown := unknown_revision([PLATFORM, *MANIFESTS], manifest.revisions):
        raise SetupProblem(
            f"The backup was made by a newer release ({manifest.version}, {unknown} is not known here); "
            "install that release or a later one and restore there."
        )
    _refuse_full_folder(data)
    prepare_data_folder(data)
    with RunLock(data):
        identity = _begin(data, manifest)
        with _database(own, data, secrets, manifest, identity) as url:
            settings = load_settings(PlatformSettings, {**secrets, DATABASE_URL: url, "CHENGTUAN_DATA": str(data)})
            findings = _fill(settings, backup, manifest, identity)
        (data / RESTORE_MARK).unlink()
    return [f"Restored into {data}: {findings.summary()}", "  Everything was compared with the backup and is whole."]


def _keys_of(backup: Path, path: Path, manifest: Manifest) -> dict[str, str]:
    if not path.is_file():
        raise SetupProblem(
            f"The keys of the backup are not in {path}; name their file with KEYS=…, because without them its phones "
            "and addresses cannot be read."
        )
    wanted = (*KEYS_OF_A_SHOP, DATABASE_PASSWORD)
    secrets = {name: value for name, value in read_env_file(path).items() if name in wanted}
    lost = [name for name in KEYS_OF_A_SHOP if name not in secrets]
    if lost:
        raise SetupProblem(f"{lost[0]} is missing in {path}; name the keys file of this backup with KEYS=….")
    given = Keys.of(load_settings(PlatformSettings, {**secrets, DATABASE_URL: "-"})).ring.checks(manifest.identity)
    if any(given.get(name) != bytes.fromhex(value) for name, value in manifest.keys.items()):
        raise SetupProblem(f"The keys in {path} are not those of the backup in {backup}; name its own with KEYS=….")
    return secrets


def _refuse_full_folder(data: Path) -> None:
    if not data.exists() or (data / RESTORE_MARK).exists():
        return
    if found_there := sorted({each.name for each in data.iterdir()} - _MADE_BY_SYSTEMS):
        raise SetupProblem(
            f"{data} is not empty ({found_there[0]} is in it); restore into an empty or a new folder, "
            f"for example DATA={data}-restored."
        )


def _begin(data: Path, manifest: Manifest) -> UUID:
    """The identity of the shop to be; what an interrupted attempt left in the folder is gone."""
    mark = data / RESTORE_MARK
    if mark.exists():
        _clear(data)
        identity = UUID(json.loads(mark.read_text(encoding="utf-8"))["identity"])
    else:
        identity = uuid4()
        write_whole(mark, {"identity": str(identity), "backup_of": manifest.identity, "taken_at": manifest.taken_at})
    write_mark(data, FolderMark(identity, founded=False))
    return identity


def _clear(data: Path) -> None:
    try:
        home = find_home(data)
    except NotOurDatabase:
        home = None
    if home is not None:
        if (home / "data" / "postmaster.pid").exists():
            Cluster.for_data(data, password="").stop()
        remove(home)
    for name in OURS:
        if name not in {RESTORE_MARK, _LOCK_FILE, "logs"}:
            remove(data / name)


@contextmanager
def _database(
    own: Mapping[str, str], data: Path, secrets: Mapping[str, str], manifest: Manifest, identity: UUID
) -> Iterator[str]:
    """An empty database for the restored shop, with the keys beside it."""
    url = own.get(DATABASE_URL)
    if url is None:
        write_secrets(secrets_path(data), secrets)
        password = load_or_make_secrets(data, database_exists=False)[DATABASE_PASSWORD]
        cluster = Cluster.for_data(data, password=password)
        cluster.init()
        try:
            cluster.start()
            create_database(cluster, DATABASE)
            yield cluster.dsn(DATABASE)
        finally:
            cluster.stop()
        return
    try:
        with nobody_else(url):
            _empty_database(url, manifest, identity)
            write_secrets(secrets_path(data), secrets)
            yield url
    except psycopg.OperationalError as error:
        raise unreachable(error) from error


def _empty_database(url: str, manifest: Manifest, identity: UUID) -> None:
    """Refuses a database with anything of ours in it, unless our own interrupted attempt has left it."""
    names = [PLATFORM.name, *(each.name for each in MANIFESTS)]
    with psycopg.connect(url) as connection:
        rows = connection.execute("select nspname from pg_namespace where nspname = any(%s)", (names,)).fetchall()
        if not rows:
            return
        record = read_record(connection)
        if record is None or record.identity != identity or record.restored_from != manifest.shop:
            raise SetupProblem(
                f"The database of {DATABASE_URL} is not empty ({rows[0][0]} is in it); restore into a new one "
                "(`createdb`), nothing is ever restored over a shop."
            )
        schemas = sql.SQL(", ").join(sql.Identifier(row[0]) for row in rows)
        connection.execute(sql.SQL("drop schema {} cascade").format(schemas))


def _fill(settings: PlatformSettings, backup: Path, manifest: Manifest, identity: UUID) -> Findings:
    url, keys = settings.database_url, Keys.of(settings)
    migrate(url, [PLATFORM])
    with psycopg.connect(url) as connection:
        found(connection, identity, restored_from=manifest.shop, state=RESTORING)
        keep_key_checks(connection, keys.checks(identity))
        for each in MANIFESTS:
            make_role(connection, each.name)
    load(backup / DUMP, url)
    unpack(backup / FILES, settings.data)
    migrate(url, MANIFESTS)  # the backup may be of an older release
    with psycopg.connect(url) as connection:
        findings = examine(connection, keys.ring, settings.data / "media")
        _refuse_unlike(findings, manifest)
    write_mark(settings.data, FolderMark(identity, founded=True))
    with psycopg.connect(url) as connection:
        set_state(connection, WHOLE)
    return findings


def _refuse_unlike(findings: Findings, manifest: Manifest) -> None:
    """Raises SetupProblem for anything that is worse than it was in the shop when the backup was made."""
    if findings.counts != manifest.counts:
        raise SetupProblem(f"Not everything came back: {findings.summary()} of {summary(manifest.counts)}.")
    if worse := [each for each in findings.sentences() if each not in manifest.broken_rules]:
        raise SetupProblem(f"The restored shop is not whole: {worse[0]}.")
