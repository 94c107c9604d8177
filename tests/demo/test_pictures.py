"""The composer really composes: size, format, weight, transparency, and the same bytes every time."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from PIL import Image, ImageStat

from demo.artwork import library
from demo.artwork.plan import jobs
from scripts.setup_clients import ensure_node, npm_path

pytestmark = pytest.mark.slow

DEMO: Final = Path(__file__).resolve().parents[2] / "demo"
# One of each way of drawing: piled emoji, recoloured, packaging, logo, icon, avatar.
SAMPLE: Final = ("tainong-mango", "soft-toothbrush", "tieguanyin", "mubai-living", "fresh", "a07")


@pytest.fixture(scope="module", autouse=True)
def art_package() -> None:
    if not (library.PACKAGE / "icons.json").exists():
        node = ensure_node()
        subprocess.run([npm_path(node), "ci", "--prefix", str(DEMO)], check=True, timeout=300, env=node)


def compose(out: Path, *keys: str) -> str:
    only = [part for key in keys for part in ("--only", key)]
    command = [sys.executable, str(DEMO / "compose.py"), "--out", str(out), *only]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("media")
    compose(out, *SAMPLE)
    return out


@pytest.mark.parametrize("key", ["tainong-mango", "soft-toothbrush", "tieguanyin"])
def test_product_pictures_are_square_light_and_differ(media: Path, key: str) -> None:
    files = [media / "products" / f"{key}-{number}.webp" for number in (1, 2)]
    for file in files:
        with Image.open(file) as picture:
            assert (picture.format, picture.size, picture.mode) == ("WEBP", (800, 800), "RGB")
            assert min(ImageStat.Stat(picture).stddev) > 8, "an empty background"
        assert file.stat().st_size <= 60_000
    assert files[0].read_bytes() != files[1].read_bytes()


@pytest.mark.parametrize(
    ("name", "side"),
    [
        ("merchants/mubai-living", 320),
        ("categories/fresh", 192),
        ("avatars/a07", 192),
    ],
)
def test_small_pictures_are_see_through_at_the_corners(media: Path, name: str, side: int) -> None:
    with Image.open(media / f"{name}.webp") as picture:
        assert picture.size == (side, side)
        alpha = picture.convert("RGBA").getchannel("A")
    assert alpha.getpixel((0, 0)) == 0
    assert alpha.getpixel((side // 2, side // 2)) == 255


def test_the_same_input_gives_the_same_bytes(media: Path, tmp_path: Path) -> None:
    compose(tmp_path, *SAMPLE)
    names = sorted(path.relative_to(media) for path in media.rglob("*.webp"))
    assert len(names) == 9
    assert [(media / n).read_bytes() for n in names] == [(tmp_path / n).read_bytes() for n in names]


def test_only_what_is_missing_is_drawn_again(media: Path, tmp_path: Path) -> None:
    shutil.copytree(media, tmp_path, dirs_exist_ok=True)
    assert "pictures: 0 drawn, 6 up to date" in compose(tmp_path, *SAMPLE)
    (tmp_path / "avatars" / "a07.webp").unlink()
    assert "pictures: 1 drawn, 5 up to date" in compose(tmp_path, *SAMPLE)
    assert (tmp_path / "avatars" / "a07.webp").exists()


def test_every_emoji_of_the_catalogue_exists_and_no_file_is_made_twice() -> None:
    everything = list(jobs())
    bodies = library.read_bodies(slug for job in everything for slug in job.emoji)
    assert all(body.startswith("<") for body in bodies.values())
    files = [file for job in everything for file in job.files]
    assert len(set(files)) == len(files)
    with pytest.raises(library.ArtMissing, match="no such emoji: durian"):
        library.read_bodies(["durian"])
