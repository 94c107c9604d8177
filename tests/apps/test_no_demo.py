"""A shop that is no demo neither starts the sandbox nor names it."""

from pathlib import Path

import pytest

from chengtuan.apps.startup.environment import is_demo
from chengtuan.apps.startup.welcome import ACCOUNTS_FILE, welcome
from chengtuan.apps.up import up


@pytest.mark.parametrize(("value", "demo"), [(None, True), ("", True), ("1", True), ("false", False), ("0", False)])
def test_a_demo_is_what_says_nothing_else(value: str | None, demo: bool) -> None:
    assert is_demo({} if value is None else {"CHENGTUAN_DEMO": value}) is demo


def test_without_a_demo_a_provider_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHENGTUAN_DEMO", "false")
    monkeypatch.delenv("CHENGTUAN_WECHAT_PAY_MCHID", raising=False)
    assert up(data=tmp_path / "data", port=8300, topology="single") == 1
    assert "docs/how-to/own-wechat-keys.md" in capfd.readouterr().out
    assert not (tmp_path / "data").exists()


def test_the_welcome_names_no_sandbox_and_no_demo_account(tmp_path: Path) -> None:
    (tmp_path / ACCOUNTS_FILE).write_text('{"console": [{"login": "orchard", "password": "secret"}]}')
    said = welcome(tmp_path, host="127.0.0.1", port=8300, sandbox_port=None)
    assert "Sandbox" not in said
    assert "orchard" not in said
    assert "orchard" in welcome(tmp_path, host="127.0.0.1", port=8300, sandbox_port=8301)
