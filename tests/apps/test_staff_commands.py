"""`chengtuan staff`: what an operator does when a password leaked or somebody left."""

import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from chengtuan.modules.accounts.facade import AccountsFacade
from tests.support.world import World, environment

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
PASSWORD, NEW = "correct horse battery", "a quite different one"


def run(database_url: str, folder: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "chengtuan.apps.cli", "staff", *arguments],
        input=typed,
        env={**os.environ, **environment(database_url, folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_an_operator_changes_a_password_and_shuts_an_account(
    world: World, database_url: str, tmp_path: Path
) -> None:
    accounts = world.composition.facades[AccountsFacade]
    assert isinstance(accounts, AccountsFacade)
    await accounts.add_staff(login="lin", password=PASSWORD, name="Lin", roles=["merchant_owner"], merchant_id=uuid4())
    before = await world.staff("lin", PASSWORD)

    changed = run(database_url, tmp_path, "set-password", "LIN", typed=NEW + "\n")
    assert changed.returncode == 0, changed.stderr
    assert NEW not in changed.stdout + changed.stderr
    assert (await before.get("/api/v1/accounts/staff/me")).status_code == 401
    after = await world.staff("lin", NEW)
    assert (await after.get("/api/v1/accounts/staff/me")).json()["must_change_password"] is True

    assert run(database_url, tmp_path, "disable", "lin").returncode == 0
    assert (await after.get("/api/v1/accounts/staff/me")).status_code == 401
    listed = run(database_url, tmp_path, "list").stdout
    assert "lin  Lin  merchant_owner" in listed
    assert "disabled since" in listed

    weak = run(database_url, tmp_path, "set-password", "nobody", typed="short\n")
    assert (weak.returncode, weak.stderr) == (1, "chengtuan: A password of staff has 10 to 200 characters\n")


async def test_an_operator_adds_somebody_and_gives_other_roles(world: World, database_url: str, tmp_path: Path) -> None:
    who = ("wu", "--name", "Wu", "--merchant", str(uuid4()))
    added = run(database_url, tmp_path, "add", *who, "--role", "merchant_warehouse", typed=PASSWORD + "\n")
    assert added.returncode == 0, added.stderr
    wu = await world.staff("wu", PASSWORD)
    changed = await wu.post("/api/v1/accounts/staff/me/password", {"current": PASSWORD, "new": NEW})
    assert changed.status_code == 204
    ledger = "/api/v1/payments/console/ledger"
    assert (await wu.get(ledger)).status_code == 403
    assert run(database_url, tmp_path, "set-roles", "wu", "--role", "merchant_finance").returncode == 0
    assert (await wu.get(ledger)).status_code == 200
    refused = run(database_url, tmp_path, "set-roles", "wu", "--role", "platform_admin")
    assert (refused.returncode, refused.stderr[:10]) == (1, "chengtuan:")
