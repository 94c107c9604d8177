"""The supervisor, with real processes that are really killed."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from chengtuan.apps.embedded import SetupProblem
from chengtuan.apps.startup.terminal import Terminal
from chengtuan.apps.supervisor import ChildSpec, Supervisor
from chengtuan.apps.supervisor.checks import check_free_disk, check_port
from chengtuan.apps.supervisor.lock import RunLock, running_pid
from chengtuan.apps.supervisor.logs import open_for_child, rotate, rotate_running
from chengtuan.apps.supervisor.probes import http_ready
from chengtuan.apps.supervisor.spawn import MARK, end_leftovers, is_running, leftovers
from tests.support.ports import free_port

HOST = "127.0.0.1"
# A server with a worker, as ours is: the worker inherits the socket and ignores that its parent is gone.
SERVER = """
import http.server, os, sys, time
class Healthy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(os.getpid()).encode())
served = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Healthy)
if os.fork() == 0:
    time.sleep(300)
    os._exit(0)
served.serve_forever()
"""


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def news() -> list[str]:
    return []


@pytest.fixture
async def supervisor(tmp_path: Path, news: list[str]) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(tmp_path, news.append)
    yield supervisor
    await supervisor.stop_all()


def server_spec(port: int, name: str = "server", mark: Path | None = None) -> ChildSpec:
    return ChildSpec(
        name=name,
        command=[sys.executable, "-c", SERVER, str(port)],
        environment={**os.environ, **({MARK: str(mark)} if mark else {})},
        is_ready=http_ready(HOST, port),
        ready_wait_s=20,
    )


async def until(happens: str, news: list[str], within_s: float = 20) -> None:
    async with asyncio.timeout(within_s):
        while not any(happens in line for line in news):
            await asyncio.sleep(0.02)


async def test_a_killed_child_comes_back_although_its_worker_held_the_port(
    supervisor: Supervisor, port: int, news: list[str]
) -> None:
    await supervisor.start(server_spec(port))
    first = supervisor.pids["server"]
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await until("server is back", news)
    assert news[0].startswith("server was killed by SIGKILL; starting it again")
    assert supervisor.pids["server"] not in {None, first}
    assert await http_ready(HOST, port)()


async def test_a_child_that_keeps_dying_is_started_less_and_less_often(
    supervisor: Supervisor, port: int, news: list[str]
) -> None:
    await supervisor.start(server_spec(port))
    for _ in range(3):
        pid = supervisor.pids["server"]
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        begun = time.monotonic()
        await until("server is back", news)
        delay = time.monotonic() - begun
        news.clear()
    assert delay > 0.8, "the third start in a row must wait 0.2 s · 2 · 2"


async def test_stopping_leaves_no_worker_behind(supervisor: Supervisor, port: int, tmp_path: Path) -> None:
    await supervisor.start(server_spec(port, mark=tmp_path))
    processes = leftovers(tmp_path)
    assert len(processes) == 2
    await supervisor.stop_all()
    async with asyncio.timeout(30):
        while any(is_running(pid) for pid in processes):
            await asyncio.sleep(0.02)
    assert leftovers(tmp_path) == []
    check_port(HOST, port, what="shop")


async def test_children_stop_in_the_reverse_order(supervisor: Supervisor, tmp_path: Path, news: list[str]) -> None:
    told = tmp_path / "told"
    script = (
        "import signal, sys, time\n"
        "def end(*_):\n"
        "    open(sys.argv[1], 'a').write(sys.argv[2] + '\\n'); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "print('ready', flush=True)\n"
        "time.sleep(300)\n"
    )
    for name in ("database", "sandbox", "server"):
        log = tmp_path / f"{name}.log"

        async def is_ready(log: Path = log) -> bool:
            return "ready" in log.read_text()

        command = [sys.executable, "-c", script, str(told), name]
        await supervisor.start(ChildSpec(name, command, dict(os.environ), is_ready))
    await supervisor.stop_all()
    assert told.read_text().split() == ["server", "sandbox", "database"]


async def test_a_child_that_cannot_start_shows_what_it_said(supervisor: Supervisor) -> None:
    async def never() -> bool:
        return False

    command = [sys.executable, "-c", "raise SystemExit('the key is missing')"]
    with pytest.raises(SetupProblem, match=r"(?s)server ended while starting.*the key is missing"):
        await supervisor.start(ChildSpec("server", command, dict(os.environ), never))


async def test_a_child_that_ignores_the_request_is_killed(
    supervisor: Supervisor, tmp_path: Path, news: list[str]
) -> None:
    script = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);print('ready', flush=True); time.sleep(300)"
    )

    async def is_ready() -> bool:
        return "ready" in (tmp_path / "deaf.log").read_text()

    command = [sys.executable, "-c", script]
    await supervisor.start(ChildSpec("deaf", command, dict(os.environ), is_ready, stop_wait_s=0.3))
    await supervisor.stop_all()
    assert news == ["deaf did not stop within 0 s and was killed"]


LOCK_AND_SERVE = """
import asyncio, os, sys
from pathlib import Path
from chengtuan.apps.supervisor import Supervisor
from chengtuan.apps.supervisor.lock import RunLock
from tests.apps.test_supervisor import server_spec
async def main():
    data, port = Path(sys.argv[1]), int(sys.argv[2])
    with RunLock(data):
        supervisor = Supervisor(data, print)
        await supervisor.start(server_spec(port, mark=data))
        print("running", flush=True)
        await asyncio.sleep(300)
asyncio.run(main())
"""


@pytest.fixture
def running_copy(tmp_path: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    """Another supervisor on `tmp_path`, with one server and that server's worker."""
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": f"{root / 'src'}:{root}"}
    command = [sys.executable, "-c", LOCK_AND_SERVE, str(tmp_path), str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    assert process.stdout.readline() == "running\n"
    yield process
    process.kill()
    process.wait()
    for pid in leftovers(tmp_path):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_a_second_copy_on_the_same_data_is_refused_by_name(
    running_copy: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    with pytest.raises(SetupProblem, match=rf"already runs on .* \(process {running_copy.pid}\)"):
        RunLock(tmp_path).__enter__()
    assert running_pid(tmp_path) == running_copy.pid


@pytest.mark.faults
async def test_what_a_killed_supervisor_leaves_behind_is_ended(
    running_copy: "subprocess.Popen[str]", tmp_path: Path, port: int
) -> None:
    assert len(leftovers(tmp_path)) == 2
    running_copy.kill()
    running_copy.wait()
    assert running_pid(tmp_path) is None
    with RunLock(tmp_path):
        await end_leftovers(tmp_path)
    assert leftovers(tmp_path) == []
    check_port(HOST, port, what="shop")


@pytest.mark.faults
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process ask for this")
def test_a_server_does_not_outlive_its_supervisor(
    running_copy: "subprocess.Popen[str]", tmp_path: Path, port: int
) -> None:
    running_copy.kill()
    running_copy.wait()
    give_up = time.monotonic() + 10
    while len(leftovers(tmp_path)) > 1:  # the worker is nobody's child; the next start ends it
        assert time.monotonic() < give_up, "the server runs on without its supervisor"
        time.sleep(0.05)


def test_a_port_in_use_is_one_sentence() -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SetupProblem, match=rf"Port {port} \(shop\) is used by another program; .*PORT="):
            check_port(HOST, port, what="shop")


def test_a_nearly_full_disk_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SetupProblem, match=r"Only \d+ MB are free on the disk that holds"):
        check_free_disk(tmp_path, needed=1 << 60)
    check_free_disk(tmp_path, needed=1)


def test_the_last_logs_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    for number in range(8):
        rotate(log)
        log.write_text(f"run {number}")
    kept = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert kept == {"server.log": "run 7"} | {f"server.log.{n}": f"run {7 - n}" for n in range(1, 6)}


def test_the_log_of_a_child_that_goes_on_writing_stays_short(tmp_path: Path) -> None:
    log = tmp_path / "shop.log"
    with open_for_child(log) as writing:
        for number in range(8):
            writing.write(f"line {number}\n".encode() * 10)
            writing.flush()
            rotate_running(log, most_bytes=50)
        writing.write(b"the end\n")
    assert log.read_bytes() == b"the end\n", "not behind a hole of the old length"
    older = sorted(path.name for path in tmp_path.iterdir() if path != log)
    assert older == [f"shop.log.{number}" for number in range(1, 6)]
    assert (tmp_path / "shop.log.1").read_text() == "line 7\n" * 10
    rotate_running(log, most_bytes=50)
    assert log.read_bytes() == b"the end\n", "a short one is left alone"


async def test_a_child_comes_back_although_its_log_cannot_be_opened(
    supervisor: Supervisor, port: int, news: list[str], tmp_path: Path
) -> None:
    """A full disk may refuse to make the file: better without a log than without the shop."""
    await supervisor.start(server_spec(port))
    first = supervisor.pids["server"]
    log = tmp_path / "server.log"
    log.unlink()
    log.mkdir()  # nobody can open this for writing, root included
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await until("is back", news)
    assert supervisor.pids["server"] not in {None, first}


async def test_a_probe_that_breaks_ends_no_keeper(supervisor: Supervisor, port: int, news: list[str]) -> None:
    broken = False
    honest = http_ready(HOST, port)

    async def ask() -> bool:
        if broken:
            raise ValueError("an answer nobody can read")
        return await honest()

    await supervisor.start(replace(server_spec(port), is_ready=ask))
    for turn in (True, False):
        broken = turn
        pid = supervisor.pids["server"]
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await until("cannot be started now" if turn else "is back", news)


def test_a_terminal_that_has_gone_stops_nothing() -> None:
    with Path("/dev/full").open("w") as full:
        Terminal(full).news("the server is back")
        with contextlib.suppress(OSError):
            full.close()
