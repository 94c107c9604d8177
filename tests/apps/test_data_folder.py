"""A data folder that is copied, moved or damaged: nobody's database is lost, taken or shown as an empty one."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from chengtuan.apps.embedded import SetupProblem, location
from chengtuan.apps.embedded.location import NotOurDatabase, adopt_home, choose_home, find_home
from chengtuan.apps.embedded.mark import FolderMark, make_mark, read_mark, write_mark
from chengtuan.apps.embedded.owner import Owner
from chengtuan.apps.reset import reset
from chengtuan.apps.startup.folder import prepare_data_folder
from chengtuan.apps.up import _embedded_database_exists

US = Owner()
SYSTEM_USER = Owner(os.geteuid(), os.getegid())
"""Another user as far as the choice of the place goes."""


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where databases are put whose folder the system user cannot enter."""
    folder = tmp_path / "var-lib"
    monkeypatch.setattr(location, "SHARED_FOLDER", folder)
    return folder


@pytest.fixture
def closed(shared: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Data folders lie below a closed one; databases do not."""
    monkeypatch.setattr(location, "everyone_can_enter", lambda folder: folder.is_relative_to(shared))
    return iter(())


def made(data: Path, owner: Owner = US) -> Path:
    """A data folder with keys, pictures and a database; the database's folder."""
    data.mkdir()
    (data / "secrets.env").write_text("CHENGTUAN_FIELD_KEY=1:x\n")
    (data / "media").mkdir()
    home = choose_home(data, owner)
    (home / "data").mkdir()
    (home / "data" / "PG_VERSION").write_text("18\n")
    return home


def copied(data: Path, to: Path) -> Path:
    shutil.copytree(data, to, symlinks=True)
    return to


@pytest.mark.feature("X2")
def test_a_copy_has_its_own_database_and_its_reset_leaves_the_original(tmp_path: Path) -> None:
    home = made(tmp_path / "first")
    copy = copied(tmp_path / "first", tmp_path / "copy")
    assert find_home(copy) == copy / "postgres"
    reset(copy)
    assert not copy.exists()
    assert (home / "data" / "PG_VERSION").exists()
    assert find_home(tmp_path / "first") == home


def test_so_it_is_with_a_copy_of_a_folder_of_the_first_release(tmp_path: Path) -> None:
    """That one wrote the whole path of the original into the folder."""
    home = made(tmp_path / "first")
    (tmp_path / "first" / "postgres-location").write_text(f"{home}\n")
    copy = copied(tmp_path / "first", tmp_path / "copy")
    assert find_home(copy) == copy / "postgres"
    reset(copy)
    assert (home / "data" / "PG_VERSION").exists()


def test_a_moved_folder_finds_its_database(tmp_path: Path) -> None:
    made(tmp_path / "first")
    (tmp_path / "first" / "postgres-location").write_text(f"{tmp_path / 'first' / 'postgres'}\n")
    moved = (tmp_path / "first").rename(tmp_path / "moved")
    assert choose_home(moved, US) == moved / "postgres"
    assert (moved / "postgres-location").read_text() == "postgres\n"


def test_a_folder_without_its_database_is_no_new_shop(tmp_path: Path) -> None:
    home = made(tmp_path / "first")
    shutil.rmtree(home)
    with pytest.raises(NotOurDatabase, match=r"database folder .* is missing; put it back, or restore a backup"):
        find_home(tmp_path / "first")


def test_a_known_shop_without_any_database_is_no_new_shop(tmp_path: Path) -> None:
    assert _embedded_database_exists(tmp_path) is False
    write_mark(tmp_path, FolderMark(uuid4(), founded=True))
    with pytest.raises(SetupProblem, match=r"its database is not there; put the folder"):
        _embedded_database_exists(tmp_path)


@pytest.mark.usefixtures("closed")
def test_a_copy_neither_runs_nor_removes_the_database_outside_of_it(
    tmp_path: Path, shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = made(tmp_path / "first", SYSTEM_USER)
    assert home.parent == shared
    copy = copied(tmp_path / "first", tmp_path / "copy")
    with pytest.raises(NotOurDatabase, match=rf"belongs to {tmp_path}/first; .*`make adopt DATA={copy}`"):
        choose_home(copy, SYSTEM_USER)
    with pytest.raises(SetupProblem, match=r"first, which still exists; .*/copy is a copy of that folder"):
        adopt_home(copy)
    reset(copy)
    assert "No database is removed" in capsys.readouterr().out
    assert not copy.exists()
    assert choose_home(tmp_path / "first", SYSTEM_USER) == home


@pytest.mark.usefixtures("closed")
def test_a_folder_moved_on_its_disk_finds_the_database_outside_of_it(tmp_path: Path) -> None:
    home = made(tmp_path / "first", SYSTEM_USER)
    moved = (tmp_path / "first").rename(tmp_path / "moved")
    assert choose_home(moved, SYSTEM_USER) == home
    reset(moved)
    assert not home.exists()


@pytest.mark.usefixtures("closed")
def test_one_moved_to_another_disk_is_given_its_database_by_a_command(tmp_path: Path) -> None:
    home = made(tmp_path / "first", SYSTEM_USER)
    moved = copied(tmp_path / "first", tmp_path / "moved")
    shutil.rmtree(tmp_path / "first")
    with pytest.raises(NotOurDatabase, match="make adopt"):
        find_home(moved)
    assert adopt_home(moved) == home
    assert find_home(moved) == home


@pytest.mark.usefixtures("closed")
def test_a_database_outside_is_never_that_of_another_shop(tmp_path: Path) -> None:
    home = made(tmp_path / "first", SYSTEM_USER)
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    make_mark(stranger)
    (stranger / "postgres-location").write_text(f"{home}\n")
    for use in (find_home, adopt_home):
        with pytest.raises(NotOurDatabase, match="belongs to another shop"):
            use(stranger)
    reset(stranger)
    assert home.exists()


@pytest.mark.usefixtures("closed")
def test_a_database_outside_of_the_first_release_is_known_by_its_name(tmp_path: Path, shared: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    home = shared / location._mark(old)
    (home / "data").mkdir(parents=True)
    (old / "postgres-location").write_text(f"{home}\n")
    copy = copied(old, tmp_path / "copy")
    with pytest.raises(NotOurDatabase, match="belongs to another folder"):
        find_home(copy)
    assert choose_home(old, SYSTEM_USER) == home
    mark = read_mark(old)
    assert mark is not None
    assert json.loads((home / "belongs-to.json").read_text())["identity"] == str(mark.identity)


def test_a_reset_takes_links_away_and_not_what_they_lead_to(tmp_path: Path) -> None:
    home = made(tmp_path / "first")
    elsewhere = home.rename(tmp_path / "big-disk")
    home.symlink_to(elsewhere)
    reset(tmp_path / "first")
    assert not (tmp_path / "first").exists()
    assert (elsewhere / "data" / "PG_VERSION").exists()


def test_a_reset_leaves_what_is_not_ours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made(tmp_path / "first")
    (tmp_path / "first" / "thesis.txt").write_text("years of work")
    reset(tmp_path / "first")
    assert [each.name for each in (tmp_path / "first").iterdir()] == ["thesis.txt"]
    assert "thesis.txt" in capsys.readouterr().out
    with pytest.raises(SetupProblem, match="does not look like a data folder of Chengtuan; nothing was removed"):
        reset(tmp_path / "first")


def test_somebody_elses_folder_does_not_become_ours(tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    with pytest.raises(SetupProblem, match="has 'media' in it"):
        prepare_data_folder(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["media"]
    (tmp_path / "media").rmdir()
    prepare_data_folder(tmp_path)
