"""What comes out of a backup's archive of files stays in its folder, with every Python that we promise."""

import io
import tarfile
from pathlib import Path

import pytest

from chengtuan.apps.backup.files import pack, unpack
from chengtuan.apps.embedded import SetupProblem


@pytest.mark.parametrize(("name", "kind"), [("../outside", tarfile.REGTYPE), ("inside", tarfile.SYMTYPE)])
def test_no_file_of_a_backup_lands_outside_of_the_folder(tmp_path: Path, name: str, kind: bytes) -> None:
    with tarfile.open(tmp_path / "files.tar", "w") as archive:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, "../outside"
        archive.addfile(member, io.BytesIO())
    (tmp_path / "data").mkdir()
    with pytest.raises(SetupProblem, match="could not be unpacked"):
        unpack(tmp_path / "files.tar", tmp_path / "data")
    assert not (tmp_path / "outside").exists()
    assert list((tmp_path / "data").iterdir()) == []


def test_the_oldest_python_that_we_promise_unpacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Debian 12 has 3.11.2, whose archives know no `filter`."""

    def without_filter(*_: object, **how: object) -> None:
        assert "filter" not in how, "TypeError: got an unexpected keyword argument 'filter'"

    for name in ("extract", "extractall"):
        monkeypatch.setattr(tarfile.TarFile, name, without_filter)
    (tmp_path / "old" / "media" / "a").mkdir(parents=True)
    (tmp_path / "old" / "media" / "a" / "團.webp").write_bytes(b"picture")
    (tmp_path / "old" / "demo-accounts.json").write_text("{}")
    (tmp_path / "old" / "demo-accounts.json").chmod(0o600)
    pack(tmp_path / "old", tmp_path / "files.tar")
    unpack(tmp_path / "files.tar", tmp_path / "new")
    assert (tmp_path / "new" / "media" / "a" / "團.webp").read_bytes() == b"picture"
    assert (tmp_path / "new" / "demo-accounts.json").stat().st_mode & 0o777 == 0o600
