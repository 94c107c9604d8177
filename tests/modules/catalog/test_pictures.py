"""Uploaded pictures are made anew; what is no picture is refused."""

import asyncio
import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from chengtuan.modules.catalog import pictures
from chengtuan.modules.catalog.pictures import MAX_SIDE, PictureStore, remake
from chengtuan.modules.catalog.problems import BadImage
from tests.modules.catalog.support import picture


def opened(webp: bytes) -> Image.Image:
    image = Image.open(BytesIO(webp))
    image.load()
    return image


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "RGB"),
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
        ("PNG", "RGB"),
        ("PNG", "P"),
        ("PNG", "1"),
        ("PNG", "I;16"),
        ("PNG", "RGBA"),
        ("PNG", "LA"),
        ("WEBP", "RGB"),
        ("WEBP", "RGBA"),
    ],
)
def test_every_kind_of_picture_becomes_webp(kind: str, mode: str) -> None:
    made = remake(picture(kind, mode=mode))
    assert (made.width, made.height) == (60, 40)
    assert opened(made.webp).format == "WEBP"


def test_large_pictures_are_made_smaller_and_small_ones_are_left() -> None:
    made = remake(picture(size=(4000, 1000)))
    assert (made.width, made.height) == (MAX_SIDE, 400) == opened(made.webp).size
    assert remake(picture(size=(1, 1))).width == 1


def test_transparency_survives() -> None:
    image = Image.new("RGBA", (10, 10), (0, 0, 0, 0))
    source = BytesIO()
    image.save(source, "PNG")
    assert opened(remake(source.getvalue()).webp).convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]


def test_where_and_when_a_photo_was_taken_is_not_told() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (22.0, 32.0, 11.0)
    source = picture(exif=exif, comment=b"SecretComment", icc_profile=b"SecretProfile")
    assert b"SecretCamera" in source
    made = remake(source).webp
    assert b"Secret" not in made
    assert not opened(made).getexif()
    assert set(opened(made).info) <= {"background", "loop", "timestamp", "duration"}


def test_a_photo_taken_sideways_is_shown_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned to the right
    made = remake(picture(exif=exif, quality=95))
    assert (made.width, made.height) == (40, 60)
    red, green, _ = opened(made.webp).convert("RGB").getpixel((30, 10))  # type: ignore[misc]
    assert green > red, "the green quarter moved from the upper left to the upper right"


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge, and is: zeros pack well."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(7000, 7000), (30_000, 30_000), (1_000_000, 1_000_000)])
def test_a_small_file_that_unpacks_to_a_huge_picture_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(BadImage):
        remake(bomb(*size))


def test_without_the_limit_the_huge_picture_would_be_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control, with a limit and a picture that do no harm."""
    monkeypatch.setattr(pictures, "MAX_PIXELS", 100)
    with pytest.raises(BadImage):
        remake(picture(size=(20, 20)))
    monkeypatch.setattr(pictures, "MAX_PIXELS", 400)
    assert remake(picture(size=(20, 20))).width == 20


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + b"\0" * 100,
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<?php system($_GET['c']); ?>",
        b"%PDF-1.7",
        b"\xff\xd8\xff" + b"\0" * 500,
        b"\x89PNG\r\n\x1a\n" + b"\xff" * 500,
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        picture()[:400],
        picture("PNG")[:60],
        picture("GIF", mode="P"),
        picture("BMP"),
        picture("TIFF"),
    ],
)
def test_what_is_no_picture_of_a_known_kind_is_refused(content: bytes) -> None:
    with pytest.raises(BadImage):
        remake(content)


def test_a_script_behind_a_picture_does_not_survive() -> None:
    assert b"<?php" not in remake(picture() + b"<?php system('id'); ?>").webp


async def test_the_same_picture_is_kept_once_and_whole(tmp_path: Path) -> None:
    store = PictureStore(tmp_path / "media" / "uploads")
    results = await asyncio.gather(*(store.add(picture()) for _ in range(6)))
    urls = {url for url, _ in results}
    assert len(urls) == 1
    [kept] = (tmp_path / "media" / "uploads").iterdir()
    assert urls == {f"/media/uploads/{kept.name}"}
    assert kept.read_bytes() == results[0][1].webp
    assert kept.stat().st_mode & 0o777 == 0o644


async def test_nothing_is_left_of_a_write_that_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    store = PictureStore(tmp_path)
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        await store.add(picture())
    assert list(tmp_path.iterdir()) == []
