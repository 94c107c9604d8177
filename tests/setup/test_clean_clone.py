"""A newcomer's first minutes: a clean clone, an empty home, `make run`, and everything that can go wrong then."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.support.ports import free_port

ROOT = Path(__file__).parents[2]
COLD_S, WARM_S = 900, 120
"""How long we wait before giving up; what is promised is measured on a quiet machine and not asserted here."""

pytestmark = [pytest.mark.slow, pytest.mark.journey]


@dataclass
class Clone:
    """A checkout with a home of its own."""

    folder: Path
    home: Path
    port: int

    def make(self, *goals: str) -> "subprocess.Popen[str]":
        """`make` as a newcomer would call it; output is read by the test."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("CHENGTUAN_", "VIRTUAL_ENV"))}
        environ = kept | {"HOME": str(self.home), "PORT": str(self.port), "DATA": str(self.home / "data")}
        return subprocess.Popen(
            ["make", *goals],
            cwd=self.folder,
            env=environ,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @contextlib.contextmanager
    def running(self, patience_s: float) -> Iterator["subprocess.Popen[str]"]:
        """`make run`, up to the printed addresses; stopped by Ctrl-C at the end."""
        process = self.make("run")
        try:
            read_until(process, "Ctrl-C stops everything", patience_s)
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.communicate(timeout=60)
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=20, trust_env=False)


def read_until(process: "subprocess.Popen[str]", mark: str, patience_s: float) -> str:
    """The output up to the line with `mark`. Fails with what was printed if it does not come."""
    assert process.stdout is not None
    lines: list[str] = []
    end = time.monotonic() + patience_s
    os.set_blocking(process.stdout.fileno(), False)
    while time.monotonic() < end:
        line = process.stdout.readline()
        if line:
            lines.append(line)
            if mark in line:
                return "".join(lines)
        elif process.poll() is not None:
            break
        else:
            time.sleep(0.1)
    pytest.fail(f"no {mark!r} in the output of make:\n{''.join(lines)[-4000:]}")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    base = tmp_path_factory.mktemp("newcomer")
    subprocess.run(["git", "clone", "--quiet", "--no-local", str(ROOT), str(base / "chengtuan")], check=True)
    (base / "home").mkdir()
    clone = Clone(base / "chengtuan", base / "home", free_port())
    yield clone
    reset = clone.make("reset")
    reset.communicate(timeout=120)


@pytest.mark.feature("F98")
def test_from_a_clean_clone_to_a_demo_shop(clone: Clone) -> None:
    with clone.running(COLD_S) as process:
        assert 'id="app"' in clone.get("/").text
        assert clone.get("/console/").status_code == 200
        assert clone.get("/docs").status_code == 200
        shelf = clone.get("/api/v1/trade/listings?limit=100").json()["items"]
        assert len(shelf) >= 80
        picture = clone.get(shelf[0]["image_url"])
        assert picture.headers["content-type"] == "image/webp"
        assert clone.get("/api/v1/meta").json()["demo"] is True
        second = clone.make("run")
        output, _ = second.communicate(timeout=WARM_S)
        assert second.returncode != 0
        assert str(process.pid) in output or "already" in output, output
    # make passes the interrupt on, waits for its child, and ends by the same signal
    assert process.returncode in (0, -signal.SIGINT, 128 + signal.SIGINT)
    with pytest.raises(httpx.ConnectError):
        clone.get("/")


def test_a_killed_copy_starts_again_with_everything(clone: Clone) -> None:
    with clone.running(WARM_S) as process:
        before = clone.get("/api/v1/trade/listings?limit=100").json()["items"]
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=20)
    with clone.running(WARM_S):
        after = clone.get("/api/v1/trade/listings?limit=100").json()["items"]
    assert [card["product_id"] for card in after] == [card["product_id"] for card in before]


def test_a_taken_port_is_one_clear_sentence(clone: Clone) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", clone.port))
        taken.listen()
        process = clone.make("run")
        output, _ = process.communicate(timeout=WARM_S)
    assert process.returncode != 0
    assert str(clone.port) in output
    assert "Traceback" not in output
