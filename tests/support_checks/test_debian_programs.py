"""Programs of the system: found, or skipped with a sentence that says what to install."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support import debian
from tests.support.debian import PROGRAMS, Program, require_program

ABSENT = Program("absent", ("/nowhere/absent",), ("absent-package",))


@pytest.fixture
def absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROGRAMS, "absent", ABSENT)


def test_present_program_is_found(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.setitem(PROGRAMS, "shell", Program("shell", ("/bin/sh",), ("dash",)))
    assert require_program("shell", request.config).name == "sh"


def test_absent_program_skips_by_name_when_installing_is_forbidden(
    absent: None, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("CHENGTUAN_TESTS_INSTALL", "0")
    monkeypatch.setattr(debian, "_install", lambda program: pytest.fail("it was installed all the same"))
    with pytest.raises(pytest.skip.Exception, match="absent is not installed; on Debian: apt-get install"):
        require_program("absent", request.config)


def test_absent_program_is_installed_once_where_that_is_allowed(
    absent: None, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    asked: list[list[str]] = []
    monkeypatch.delenv("CHENGTUAN_TESTS_INSTALL", raising=False)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")

    def apt(command: list[str]) -> bool:
        asked.append(command[:2])
        return command[1] == "update"

    monkeypatch.setattr(debian, "_apt", apt)
    with pytest.raises(pytest.skip.Exception):
        require_program("absent", request.config)
    assert asked == [["apt-get", "install"], ["apt-get", "update"], ["apt-get", "install"]]


def test_what_does_as_well_is_taken_where_the_program_cannot_be_had(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("CHENGTUAN_TESTS_INSTALL", "0")
    monkeypatch.setitem(PROGRAMS, "absent", replace(ABSENT, stand_in="/bin/sh"))
    assert require_program("absent", request.config).name == "sh"
