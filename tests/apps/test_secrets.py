"""The secrets of an installation: made once, private, and never replaced under existing data."""

import base64
from pathlib import Path

import pytest

from chengtuan.apps.embedded import SetupProblem
from chengtuan.apps.startup.environment import base_environment, with_sandbox
from chengtuan.apps.startup.secrets import load_or_make_secrets, read_env_file, secrets_path
from chengtuan.platform.crypto import KeyRing


def test_they_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    first = load_or_make_secrets(tmp_path, database_exists=False)
    assert secrets_path(tmp_path).stat().st_mode & 0o777 == 0o600
    assert load_or_make_secrets(tmp_path, database_exists=True) == first
    assert len(base64.b64decode(first["CHENGTUAN_INTERNAL_KEY"])) == 32
    ring = KeyRing.parse(first["CHENGTUAN_FIELD_KEY"], first["CHENGTUAN_INDEX_KEY"])
    sealed = ring.encrypt("13800000000", "accounts.person.phone")
    assert ring.decrypt(sealed, "accounts.person.phone") == "13800000000"


def test_two_installations_share_nothing(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    one, two = (load_or_make_secrets(folder, database_exists=False) for folder in folders)
    assert not set(one.values()) & set(two.values())


def test_a_later_version_adds_its_own_and_keeps_the_others(tmp_path: Path) -> None:
    kept = "CHENGTUAN_FIELD_KEY=7:kept\nCHENGTUAN_INDEX_KEY=kept\nCHENGTUAN_DATABASE_PASSWORD=kept\n"
    secrets_path(tmp_path).write_text(kept)
    made = load_or_make_secrets(tmp_path, database_exists=True)
    assert made["CHENGTUAN_FIELD_KEY"] == "7:kept"
    assert read_env_file(secrets_path(tmp_path)) == made


@pytest.mark.parametrize("lost", ["CHENGTUAN_FIELD_KEY", "CHENGTUAN_INDEX_KEY", "CHENGTUAN_DATABASE_PASSWORD"])
def test_a_single_lost_key_is_not_replaced_either(tmp_path: Path, lost: str) -> None:
    load_or_make_secrets(tmp_path, database_exists=False)
    path = secrets_path(tmp_path)
    path.write_text("".join(line for line in path.read_text().splitlines(keepends=True) if not line.startswith(lost)))
    before = path.read_text()
    with pytest.raises(SetupProblem, match=rf"are missing \({lost}\)"):
        load_or_make_secrets(tmp_path, database_exists=True)
    assert path.read_text() == before
    given = {lost: "from the environment"}
    assert lost in load_or_make_secrets(tmp_path, database_exists=True, given=given)


def test_lost_keys_are_never_replaced_under_existing_data(tmp_path: Path) -> None:
    with pytest.raises(SetupProblem, match=r"(?i)the database is there, but its keys in .* are missing"):
        load_or_make_secrets(tmp_path, database_exists=True)
    assert not secrets_path(tmp_path).exists()


def test_what_the_person_has_set_wins(tmp_path: Path) -> None:
    own = {"CHENGTUAN_DEMO": "false", "CHENGTUAN_FIELD_KEY": "2:own"}
    secrets = load_or_make_secrets(tmp_path, database_exists=False)
    made = base_environment(own, data=tmp_path, port=8000, secrets=secrets, database_url="postgresql:///x")
    assert made["CHENGTUAN_DEMO"] == "false"
    assert made["CHENGTUAN_FIELD_KEY"] == "2:own"
    assert made["CHENGTUAN_INDEX_KEY"] == secrets["CHENGTUAN_INDEX_KEY"]
    assert "CHENGTUAN_DATABASE_PASSWORD" not in made


@pytest.mark.parametrize("own_account", [True, False])
def test_the_sandbox_is_used_unless_the_person_has_an_account(tmp_path: Path, own_account: bool) -> None:
    (tmp_path / "sandbox").mkdir()
    offered = "CHENGTUAN_WECHAT_PAY_MCHID=1\nCHENGTUAN_WECHAT_SECRET=2\nCHENGTUAN_SMS_KEY=3\n"
    (tmp_path / "sandbox" / "credentials.env").write_text(offered)
    own = {"CHENGTUAN_WECHAT_PAY_MCHID": "9"} if own_account else {}
    made = with_sandbox(own, data=tmp_path, desk_url="http://127.0.0.1:8001/")
    assert made["CHENGTUAN_WECHAT_PAY_MCHID"] == ("9" if own_account else "1")
    assert ("CHENGTUAN_WECHAT_SECRET" in made) is not own_account, "an account must never be mixed with ours"
    assert made["CHENGTUAN_SMS_KEY"] == "3"
