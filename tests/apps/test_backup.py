"""A backup becomes the same shop somewhere else, or it is refused; nothing half looks whole."""

import importlib
import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from chengtuan.apps.backup import back_up, programs, restore, save
from chengtuan.apps.backup.manifest import read_manifest
from chengtuan.apps.embedded import Cluster, SetupProblem
from chengtuan.apps.embedded.mark import read_mark
from chengtuan.apps.installation import with_database
from chengtuan.apps.ownership import Keys, bring_up_to_date, refuse_stranger
from chengtuan.apps.reset import reset
from chengtuan.apps.startup.secrets import KEYS_OF_A_SHOP, read_env_file, write_secrets
from chengtuan.apps.verify import examine, verify_installation
from chengtuan.apps.verify.check import uploaded
from chengtuan.platform.crypto import KeyRing
from chengtuan.platform.installation import read_record
from chengtuan.platform.migrations import make_role
from chengtuan.platform.settings import PlatformSettings, load_settings
from tests.support.invariants import violations
from tests.support.world import KEYS, environment

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

Make = Callable[..., str]
SECRETS = {name: KEYS[name] for name in KEYS_OF_A_SHOP}


@dataclass
class Saved:
    """A shop of the first release, brought up to date, and a backup of it."""

    url: str
    environ: dict[str, str]
    backup: Path
    said: list[str]

    @property
    def keys(self) -> Path:
        return self.backup.with_name("backup-keys.env")

    def elsewhere(self, url: str) -> dict[str, str]:
        """The environment of another machine with an empty database."""
        return {"CHENGTUAN_DATABASE_URL": url}


@pytest.fixture(scope="module")
def made_once(
    cluster: Cluster, first_release: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[dict[str, str], list[str]]]:
    """The environment of a shop that lies in `…/shop`, with its backup in `…/backup`, and what was said."""
    folder = tmp_path_factory.mktemp("saved")
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.execute(f"create database saved template {first_release}".encode())
    environ = environment(cluster.dsn("saved"), folder / "shop")
    bring_up_to_date(environ)
    with psycopg.connect(cluster.dsn("saved")) as connection:
        pictures = connection.execute("select url from catalog.media").fetchall()
    uploads = folder / "shop" / "media" / "uploads"
    uploads.mkdir(parents=True)
    for (address,) in pictures:
        (uploads / Path(address).name).write_bytes(b"a picture")
    (uploads / "under-way.part").write_bytes(b"half a pic")
    with sqlite3.connect(folder / "shop" / "sandbox" / "ledger.sqlite3") as ledger:
        ledger.execute("create table kept (n int)")
    yield environ, back_up(environ, folder / "backup")
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.execute("drop database saved with (force)")


@pytest.fixture
def saved(made_once: tuple[dict[str, str], list[str]], tmp_path: Path) -> Saved:
    """The same for each test, in copies."""
    environ, said = made_once
    shutil.copytree(Path(environ["CHENGTUAN_DATA"]).parent, tmp_path, dirs_exist_ok=True)
    copied = environ | {"CHENGTUAN_DATA": str(tmp_path / "shop")}
    return Saved(environ["CHENGTUAN_DATABASE_URL"], copied, tmp_path / "backup", said)


def rows(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Everything that is kept in the modules' tables."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where c.relkind = 'r' and c.relpersistence = 'p' and n.nspname in"
            " ('accounts', 'merchants', 'catalog', 'payments', 'trade', 'fulfilment', 'messaging')"
        ).fetchall()
        return {
            name: connection.execute(f"select t::text from {name} t order by 1".encode()).fetchall()
            for (name,) in tables
        }


def test_it_becomes_the_same_shop_in_a_database_of_ones_own(saved: Saved, new_database: Make, tmp_path: Path) -> None:
    url = new_database()
    said = restore(saved.elsewhere(url), saved.backup, tmp_path / "new")
    assert "3 people, 5 orders" in said[0]
    assert rows(url) == rows(saved.url)
    assert violations(url, settled=False) == []
    environ = environment(url, tmp_path / "new")
    refuse_stranger(environ)
    assert verify_installation(environ).sentences() == []
    uploads = [each.name for each in (tmp_path / "new" / "media" / "uploads").iterdir()]
    assert len(uploads) == 1
    assert uploads[0].endswith(".webp")
    assert (
        sqlite3.connect(tmp_path / "new" / "sandbox" / "ledger.sqlite3").execute("select * from kept").fetchall() == []
    )


def test_it_is_another_shop_to_the_folder_and_database_of_the_first(
    saved: Saved, new_database: Make, tmp_path: Path
) -> None:
    url = new_database()
    restore(saved.elsewhere(url), saved.backup, tmp_path / "new")
    first, second = read_mark(tmp_path / "shop"), read_mark(tmp_path / "new")
    assert first is not None
    assert second is not None
    assert first.identity != second.identity
    with psycopg.connect(url) as connection:
        record = read_record(connection)
    assert record is not None
    assert (record.identity, record.restored_from) == (second.identity, first.identity)
    with pytest.raises(SetupProblem, match="but the database to the shop"):
        refuse_stranger(saved.environ | {"CHENGTUAN_DATABASE_URL": url})


@pytest.mark.feature("X3")
def test_it_becomes_the_same_shop_in_an_empty_folder(saved: Saved, tmp_path: Path) -> None:
    """On another machine: nothing but the backup and its keys."""
    data = tmp_path / "new"
    try:
        restore({}, saved.backup, data)
        own = {"DATA": str(data)}
        assert verify_installation(own).sentences() == []
        with with_database(own) as environ:
            assert rows(environ["CHENGTUAN_DATABASE_URL"]) == rows(saved.url)
        assert {name: read_env_file(data / "secrets.env")[name] for name in SECRETS} == SECRETS
        back_up(own, tmp_path / "again")
        (tmp_path / "again-keys.env").replace(data / "secrets.env")  # as after a loss
        assert verify_installation(own).sentences() == []
        with pytest.raises(SetupProblem, match="is not empty"):
            restore({}, saved.backup, data)
    finally:
        reset(data)


def test_the_keys_lie_apart_and_nobody_else_may_read_them(saved: Saved) -> None:
    assert saved.keys.stat().st_mode & 0o777 == 0o600
    assert saved.backup.stat().st_mode & 0o777 == 0o700
    assert {name: read_env_file(saved.keys)[name] for name in SECRETS} == SECRETS
    inside = b"".join(file.read_bytes() for file in saved.backup.iterdir())
    for secret in SECRETS.values():
        assert secret.removeprefix("1:").encode() not in inside
    assert any("Keep it somewhere else" in line for line in saved.said)


@pytest.mark.parametrize("name", ["database.dump", "files.tar", "backup.json"])
def test_a_damaged_backup_is_refused_before_anything_is_made(saved: Saved, tmp_path: Path, name: str) -> None:
    file = saved.backup / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0x01
    file.write_bytes(content if name != "backup.json" else content[: len(content) // 2])
    with pytest.raises(SetupProblem, match=r"The backup in .* is damaged"):
        restore({}, saved.backup, tmp_path / "new")
    file.unlink()
    with pytest.raises(SetupProblem, match=r"is damaged|is no backup, or one that was interrupted"):
        restore({}, saved.backup, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_wrong_or_lost_keys_are_refused_before_anything_is_made(saved: Saved, tmp_path: Path) -> None:
    elsewhere = saved.keys.rename(tmp_path / "safe.env")
    with pytest.raises(SetupProblem, match=r"The keys of the backup are not in .*; name their file with KEYS="):
        restore({}, saved.backup, tmp_path / "new")
    other = tmp_path / "other.env"
    write_secrets(other, SECRETS | {"CHENGTUAN_INDEX_KEY": KEYS["CHENGTUAN_INTERNAL_KEY"]})
    with pytest.raises(SetupProblem, match="are not those of the backup"):
        restore({}, saved.backup, tmp_path / "new", other)
    assert not (tmp_path / "new").exists()
    assert elsewhere.exists()


def test_a_backup_of_a_newer_release_is_refused(saved: Saved, tmp_path: Path) -> None:
    manifest = saved.backup / "backup.json"
    text = manifest.read_text()
    known = read_manifest(saved.backup).revisions["trade"]
    manifest.write_text(text.replace(f'"{known}"', '"trade_9999"'))
    with pytest.raises(SetupProblem, match=r"made by a newer release \(0\.1\.0, trade_9999 is not known here\)"):
        restore({}, saved.backup, tmp_path / "new")
    manifest.write_text(text.replace('"format": 1', '"format": 2'))
    with pytest.raises(SetupProblem, match="whose format is not known here"):
        restore({}, saved.backup, tmp_path / "new")


def test_nothing_is_ever_restored_over_a_shop(saved: Saved, tmp_path: Path) -> None:
    before = rows(saved.url)
    with pytest.raises(SetupProblem, match="nothing is ever restored over a shop"):
        restore(saved.elsewhere(saved.url), saved.backup, tmp_path / "new")
    with pytest.raises(SetupProblem, match=r"shop is not empty"):
        restore({}, saved.backup, tmp_path / "shop")
    assert rows(saved.url) == before
    refuse_stranger(saved.environ)


@pytest.mark.parametrize("step", ["load", "migrate", "set_state"])
def test_an_interrupted_restore_is_no_shop_and_the_same_command_ends_it(
    saved: Saved, new_database: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    url, data = new_database(), tmp_path / "new"
    module = importlib.import_module("chengtuan.apps.backup.restore")  # the package has a function of that name
    real = getattr(module, step)

    def interrupted(*arguments: object, **named: object) -> None:
        real(*arguments, **named)
        if step != "migrate" or len(list(arguments[1])) > 1:  # type: ignore[call-overload]
            raise KeyboardInterrupt

    monkeypatch.setattr(module, step, interrupted)
    with pytest.raises(KeyboardInterrupt):
        restore(saved.elsewhere(url), saved.backup, data)
    monkeypatch.undo()
    environ = environment(url, data)
    for opening in (bring_up_to_date, refuse_stranger):
        with pytest.raises(SetupProblem, match=r"was interrupted; run the same `make restore` again"):
            opening(environ)
    if step != "set_state":
        with pytest.raises(SetupProblem, match=r"Restoring a backup into this database was interrupted"):
            refuse_stranger(environ | {"CHENGTUAN_DATA": str(tmp_path / "elsewhere")})
    restore(saved.elsewhere(url), saved.backup, data)
    refuse_stranger(environ)
    assert rows(url) == rows(saved.url)


def test_a_dump_that_breaks_off_leaves_nothing_behind(
    saved: Saved, new_database: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The control of its transaction: the script's last line is the commit."""
    url = new_database()
    broken = tmp_path / "broken.dump"
    whole = (saved.backup / "database.dump").read_bytes()
    broken.write_bytes(whole[: len(whole) - 3000])
    with psycopg.connect(url) as connection:
        for name in ("accounts", "merchants", "catalog", "payments", "trade", "fulfilment", "messaging"):
            make_role(connection, name)
    with pytest.raises(SetupProblem, match="could not be restored"):
        programs.load(broken, url)
    with psycopg.connect(url) as connection:
        assert connection.execute("select 1 from pg_namespace where nspname = 'trade'").fetchone() is None


def test_an_interrupted_backup_leaves_nothing_under_its_name(
    saved: Saved, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(save, "pack", interrupted)
    with pytest.raises(KeyboardInterrupt):
        back_up(saved.environ, tmp_path / "second")
    assert not [each.name for each in tmp_path.iterdir() if each.name.startswith("second")]
    with pytest.raises(SetupProblem, match="exists already"):
        back_up(saved.environ, saved.backup)


def test_what_is_sold_while_a_backup_is_made_is_in_all_of_it_or_in_none(
    saved: Saved, new_database: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Counted in one moment and dumped in another, no busy shop could ever be restored."""
    added = uuid4()

    def busy(connection: psycopg.Connection[Any]) -> list[str]:
        with psycopg.connect(saved.url) as shop:
            shop.execute(
                "insert into catalog.product select (jsonb_populate_record(p, jsonb_build_object('id', %s::text))).*"
                " from catalog.product p limit 1",
                (added,),
            )
        return uploaded(connection)

    monkeypatch.setattr("chengtuan.apps.backup.save.uploaded", busy)
    try:
        back_up(saved.environ, tmp_path / "second")
    finally:
        with psycopg.connect(saved.url) as shop:
            assert shop.execute("delete from catalog.product where id = %s", (added,)).rowcount == 1
    url = new_database()
    restore(saved.elsewhere(url), tmp_path / "second", tmp_path / "new")
    assert rows(url)["catalog.product"] == rows(saved.url)["catalog.product"]


def test_what_is_wrong_in_the_shop_is_said_and_hinders_no_restore(
    saved: Saved, new_database: Make, tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / "shop" / "media")
    said = back_up(saved.environ, tmp_path / "second")
    assert any(line.startswith("Attention") and "picture" in line for line in said)
    restore(saved.elsewhere(new_database()), tmp_path / "second", tmp_path / "new")


def promise(backup: Path, **more: Any) -> None:
    """Let the backup say of itself what it does not hold."""
    path = backup / "backup.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | more), encoding="utf-8")


def test_a_restore_with_less_in_it_than_the_shop_had_is_no_shop(
    saved: Saved, new_database: Make, tmp_path: Path
) -> None:
    counts = json.loads((saved.backup / "backup.json").read_text(encoding="utf-8"))["counts"]
    promise(saved.backup, counts={name: count + 1 for name, count in counts.items()})
    with pytest.raises(SetupProblem, match="Not everything came back"):
        restore(saved.elsewhere(new_database()), saved.backup, tmp_path / "fewer")
    shutil.rmtree(tmp_path / "shop" / "media")
    back_up(saved.environ, tmp_path / "second")
    promise(tmp_path / "second", broken_rules=[])
    with pytest.raises(SetupProblem, match="The restored shop is not whole: the picture"):
        restore(saved.elsewhere(url := new_database()), tmp_path / "second", tmp_path / "worse")
    with pytest.raises(SetupProblem, match="interrupted"):
        refuse_stranger(environment(url, tmp_path / "worse"))


def test_a_shop_that_nobody_could_read_again_is_not_saved(saved: Saved, tmp_path: Path) -> None:
    with psycopg.connect(saved.url, autocommit=True) as connection:
        connection.execute("update accounts.person set phone = phone || '\\x00'::bytea")
        try:
            with pytest.raises(SetupProblem, match=r"do not open accounts\.person\.phone, so nothing was saved"):
                back_up(saved.environ, tmp_path / "second")
        finally:
            connection.execute("update accounts.person set phone = substr(phone, 1, length(phone) - 1)")
    assert not [each.name for each in tmp_path.iterdir() if each.name.startswith("second")]


def test_what_is_not_whole_is_found(saved: Saved) -> None:
    """The control of everything that is compared after a restore."""
    keys = Keys.of(load_settings(PlatformSettings, saved.environ)).ring
    other = KeyRing.parse(f"1:{KEYS['CHENGTUAN_INDEX_KEY']}", KEYS["CHENGTUAN_INDEX_KEY"])
    with psycopg.connect(saved.url) as connection:
        assert examine(connection, keys, tmp_media(saved)).sentences() == []
        assert "the keys do not open accounts.person.phone" in examine(connection, other, None).sentences()
        assert examine(connection, keys, Path("/nowhere")).missing_pictures
        connection.execute("update trade.activity set taken = taken + 1")
        found = examine(connection, keys, None).sentences()
        connection.rollback()
    assert [each.partition(":")[0] for each in found] == ["an activity's counter is what live and shipped orders took"]


def tmp_media(saved: Saved) -> Path:
    return Path(saved.environ["CHENGTUAN_DATA"]) / "media"


def test_the_password_is_not_seen_among_the_processes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[list[str]] = []

    def run(command: list[str], **how: object) -> "subprocess.CompletedProcess[bytes]":
        seen.append(command)
        assert "secret" in str(how["env"])
        return subprocess.CompletedProcess(command, 1, b"", b"pg_dump: error: server version mismatch")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(programs, "_program", lambda name: name)
    with pytest.raises(SetupProblem, match="newer than the programs that come with Chengtuan; set PG_BIN"):
        programs.dump("postgresql://me:secret@db/shop", ["trade"], "0-1", tmp_path / "dump")
    assert "secret" not in str(seen)
