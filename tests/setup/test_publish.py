"""Builds of the clients are replaced without leaving open tabs alone."""

import gzip
from datetime import date, timedelta
from pathlib import Path

from scripts.publish import KEPT, publish

DAY = date(2026, 6, 1)
SCRIPT = "console.log('the same again')\n" * 100


def build(folder: Path, *scripts: str) -> Path:
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(f"<script src=/assets/{scripts[0]}></script>")
    for name in scripts:
        (folder / "assets" / name).write_text(SCRIPT + name)
    return folder


def assets(target: Path) -> list[str]:
    return sorted(path.name for path in (target / "assets").iterdir() if path.suffix != ".gz")


def test_what_an_open_page_names_is_still_there_after_a_release(tmp_path: Path) -> None:
    target = tmp_path / "dist"
    publish(build(tmp_path / "1", "index-a.js", "both.js"), target, today=DAY)
    publish(build(tmp_path / "2", "index-b.js", "both.js"), target, today=DAY + timedelta(days=90))
    assert assets(target) == ["both.js", "index-a.js", "index-b.js"]
    assert "index-b.js" in (target / "index.html").read_text()
    publish(build(tmp_path / "3", "index-c.js"), target, today=DAY + timedelta(days=90) + KEPT)
    assert assets(target) == ["both.js", "index-a.js", "index-b.js", "index-c.js"], "counted from when it was replaced"
    publish(build(tmp_path / "4", "index-d.js"), target, today=DAY + timedelta(days=91) + KEPT)
    assert assets(target) == ["both.js", "index-b.js", "index-c.js", "index-d.js"]


def test_texts_lie_there_packed_as_well(tmp_path: Path) -> None:
    target = tmp_path / "dist"
    publish(build(tmp_path / "1", "index-a.js"), target, today=DAY)
    packed = target / "assets" / "index-a.js.gz"
    assert gzip.decompress(packed.read_bytes()).decode() == SCRIPT + "index-a.js"
    assert not (target / "index.html.gz").exists(), "too small to be worth it"


def test_a_build_without_assets_is_copied_as_it_is(tmp_path: Path) -> None:
    """The mini program: WeChat takes the folder whole."""
    (tmp_path / "built").mkdir()
    (tmp_path / "built" / "app.json").write_text("{}" * 2000)
    publish(tmp_path / "built", tmp_path / "mp-weixin", today=DAY)
    assert [path.name for path in (tmp_path / "mp-weixin").iterdir()] == ["app.json"]
