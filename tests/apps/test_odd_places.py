"""Folders with odd names, and commands called from somewhere else."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from chengtuan.apps.cli import main
from chengtuan.apps.embedded import SetupProblem
from chengtuan.apps.startup.folder import prepare_data_folder
from chengtuan.apps.startup.services import nginx_child, service_children
from chengtuan.apps.topology import load_topology
from chengtuan.apps.up import up
from tests.support.debian import require_program
from tests.support.ports import free_port
from tests.support.world import KEYS

ODD = 'a 團\'s "shop"; {x} \\y'


def odd_environment(folder: Path) -> dict[str, str]:
    for path in (folder / "data" / "media", folder / "dist" / "shop", folder / "dist" / "console"):
        path.mkdir(parents=True)
        (path / "index.html").write_text(path.name)
    folder.chmod(0o755)
    return {
        "PATH": os.environ["PATH"],
        "CHENGTUAN_DATA": str(folder / "data"),
        "CHENGTUAN_CLIENT_DIST": str(folder / "dist"),
    }


def test_nginx_serves_from_folders_with_odd_names(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    require_program("nginx", request.config)
    port = free_port()
    spec = nginx_child(odd_environment(tmp_path / ODD), load_topology("services"), port)
    server = subprocess.Popen(spec.command, env=dict(spec.environment), stderr=subprocess.PIPE, text=True)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
            for _ in range(100):
                assert server.poll() is None, server.stderr and server.stderr.read()
                try:
                    http.get("/")
                    break
                except httpx.ConnectError:
                    time.sleep(0.1)
            answers = [http.get(path).text for path in ("/index.html", "/console/index.html", "/media/index.html")]
        assert answers == ["shop", "console", "media"]
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=20)


def test_what_nginx_cannot_name_is_one_sentence(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    require_program("nginx", request.config)
    with pytest.raises(SetupProblem, match=r"nginx takes a \$ for a variable"):
        service_children(odd_environment(tmp_path / "a$b"), "services", free_port())


def test_a_topology_that_cannot_run_is_refused_before_anything_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert up(data=tmp_path / "data", port=free_port(), topology="nosuch") == 1
    assert "there is no topology 'nosuch'" in capsys.readouterr().out
    assert not (tmp_path / "data" / "secrets.env").exists()


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("revision nosuch x", "there is no module 'nosuch'"),
        ("topology show nosuch", "there is no topology 'nosuch'"),
        ("adopt --data /nowhere", "There is no folder /nowhere"),
        ("serve --topology nosuch", "there is no topology 'nosuch'"),
        ("serve", "CHENGTUAN_WECHAT_PAY_MCHID: Field required"),
    ],
)
def test_what_is_not_there_is_named(
    command: str, sentence: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("CHENGTUAN_TOPOLOGY", "CHENGTUAN_PROCESS", "CHENGTUAN_BASE_PORT", "CHENGTUAN_BACKGROUND"):
        monkeypatch.setenv(name, "")  # which `serve` sets
    for name, value in (KEYS | {"CHENGTUAN_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("granian.Granian.serve", lambda _: pytest.fail("it started"))
    monkeypatch.setattr(sys, "argv", ["chengtuan", *command.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code not in {0, None}
    said = f"{ended.value.code} {capfd.readouterr().err}"  # the interpreter prints a code that is a sentence
    assert sentence in " ".join(said.replace("│", " ").split())


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupProblem, match=r"cannot be used: .*; choose another one with DATA=…"):
        prepare_data_folder(tmp_path / "file" / "data")
    if Path("/proc/self").exists():
        with pytest.raises(SetupProblem, match="cannot be used"):
            prepare_data_folder(Path("/proc/chengtuan"))


def test_a_command_finds_checkout_and_topologies_from_another_folder(tmp_path: Path) -> None:
    """Clients, demo pictures, topologies and the default data folder are the checkout's, not the caller's."""
    program = (
        "from chengtuan.apps.startup.environment import BUILT_CLIENTS, CHECKOUT\n"
        "from chengtuan.apps.up import DEFAULT_DATA\n"
        "from chengtuan.apps.topology import load_topology\n"
        "from chengtuan.apps.demo.seed import PICTURES\n"
        "from chengtuan.apps.demo.catalogue import load_catalogue\n"
        "load_topology('services'), load_catalogue()\n"
        "print(CHECKOUT, *(path.relative_to(CHECKOUT) for path in (DEFAULT_DATA, BUILT_CLIENTS, PICTURES)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(Path(__file__).parents[2]), ".data", "clients/dist", "demo/pictures"]
