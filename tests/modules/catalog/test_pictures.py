"""Uploaded pictures are made anew; what is no picture is refused."""

import asyncio
import base64
import contextlib
import struct
import subprocess
import sys
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from chengtuan.modules.catalog.pictures.rows.store import PictureStore
from chengtuan.modules.catalog.pictures.rules import remaking
from chengtuan.modules.catalog.pictures.rules.remaking import MAX_SIDE, remake
from chengtuan.modules.catalog.problems import BadImage
from tests.modules.catalog.support import picture

HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAX1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "ACJpbG9jAAAAAERAAAEAAQAAAAABoQABAAAAAAAAADIAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRt"
    "AAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMA"
    "AAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5j"
    "bHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBp"
    "eGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAADptZGF0AAAALigBrxmA94RJDH9nx+5Df8nAz+z09o8uUmsrjIzt"
    "v/aQ6z5qfk0ISxxLTCCyPKA="
)
"""64×48 as a phone writes it: red, its upper left quarter green. Nothing we depend on can make one."""


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
@pytest.mark.feature("F24")
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


@pytest.mark.feature("F24")
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


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_long_picture_keeps_its_width_however_the_camera_was_held(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = (40, 400) if orientation < 5 else (400, 40)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(remaking, "MAX_SIDE", 20)
        made = remake(picture(size=stored, exif=exif, quality=95))
    assert (made.width, made.height) == (20, 200)
    upright = opened(made.webp).convert("RGB")
    corners = {(0, 0): (3, 3), (1, 0): (16, 3), (0, 1): (3, 196), (1, 1): (16, 196)}
    green = {name for name, place in corners.items() if _greener(upright, place)}
    # the stored picture's upper left quarter is green; where EXIF says that this corner belongs
    assert green == {[(0, 0), (1, 0), (1, 1), (0, 1), (0, 0), (1, 0), (1, 1), (0, 1)][orientation - 1]}


def _greener(image: Image.Image, place: tuple[int, int]) -> bool:
    red, green, _ = image.getpixel(place)  # type: ignore[misc]
    return green > red


def png_of(width: int, height: int, bits: int, colours: int, rows: bytes) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, bits, colours, 0, 0, 0)
    packed = zlib.compress(rows)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge, and is: zeros pack well."""
    return png_of(width, height, 1, 0, b"\0" * 100_000)


def near(webp: bytes, colour: tuple[int, int, int], *, place: tuple[int, int] = (10, 10)) -> bool:
    found = opened(webp).convert("RGB").getpixel(place)
    return all(abs(one - other) < 9 for one, other in zip(found, colour, strict=True))  # type: ignore[arg-type]


def display_p3() -> bytes:
    """The sRGB profile with the primaries of Display P3, as seen under D50."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    primaries = {
        b"rXYZ": (0.51512, 0.24120, -0.00105),
        b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.15710, 0.06657, 0.78407),
    }
    for tag, xyz in primaries.items():
        (offset,) = struct.unpack_from(">I", profile, profile.index(tag) + 4)
        struct.pack_into(">3i", profile, offset + 8, *(round(value * 65536) for value in xyz))
    return bytes(profile)


@pytest.mark.parametrize("size", [(7000, 7000), (30_000, 30_000), (1_000_000, 1_000_000)])
def test_a_small_file_that_unpacks_to_a_huge_picture_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(BadImage):
        remake(bomb(*size))


def test_without_the_limit_the_huge_picture_would_be_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control, with a limit and a picture that do no harm."""
    monkeypatch.setattr(remaking, "MAX_JPEG_PIXELS", 100)
    with pytest.raises(BadImage):
        remake(picture(size=(20, 20)))
    monkeypatch.setattr(remaking, "MAX_JPEG_PIXELS", 400)
    assert remake(picture(size=(20, 20))).width == 20


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not_a_picture"),
        (b"<?php system($_GET['c']); ?>", "not_a_picture"),
        (b"GIF89a" + b"\0" * 100, "unsupported"),
        (b" <svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "unsupported"),
        (b"%PDF-1.7", "unsupported"),
        (picture("GIF", mode="P"), "unsupported"),
        (picture("BMP"), "unsupported"),
        (picture("TIFF"), "unsupported"),
        (picture("AVIF"), "unsupported"),
        (b"\xff\xd8\xff" + b"\0" * 500, "damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 500, "damaged"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "damaged"),
        (picture()[:400], "damaged"),
        (picture("PNG")[:60], "damaged"),
        (HEIC[:300], "damaged"),
        (picture("PNG", size=(100, 1100)), "too_long"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, content: bytes, reason: str
) -> None:
    monkeypatch.setattr(remaking, "MAX_HEIGHT", 1000)
    with pytest.raises(BadImage) as refused:
        remake(content)
    assert refused.value.to_body()["reason"] == reason


def test_a_long_picture_keeps_its_width() -> None:
    """A page of details of 750×12000 would be 100 pixels wide in a square of 1600."""
    made = remake(picture(size=(750, 12_000)))
    assert (made.width, made.height) == (750, 12_000) == opened(made.webp).size
    made = remake(picture(size=(3200, 9600)))
    assert (made.width, made.height) == (1600, 4800)


def test_a_long_picture_on_its_side_keeps_its_width_too() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    made = remake(picture(size=(12_000, 750), exif=exif))
    assert (made.width, made.height) == (750, 12_000)


def test_sixteen_bits_of_grey_are_not_white() -> None:
    source = BytesIO()
    Image.new("I;16", (20, 20), 0x8000).save(source, "PNG")
    level = opened(remake(source.getvalue()).webp).convert("L").getpixel((10, 10))
    assert abs(level - 128) < 4  # type: ignore[operator]


def test_sixteen_bits_of_colour_are_read() -> None:
    row = b"\0" + struct.pack(">HHH", 0xC800, 0x1400, 0x1400) * 20
    png = png_of(20, 20, 16, 2, row * 20)
    assert near(remake(png).webp, (200, 20, 20))


def test_display_p3_is_shown_in_its_colours() -> None:
    """The same numbers mean a stronger red there: taken for sRGB the picture would look pale."""
    made = remake(picture("PNG", mode="RGB", icc_profile=display_p3()))
    assert near(made.webp, (218, 0, 0), place=(50, 30))
    assert near(remake(picture("PNG", icc_profile=b"no profile")).webp, (200, 20, 20), place=(50, 30))


def test_what_is_transparent_stays_so_when_colours_are_converted() -> None:
    source = BytesIO()
    image = Image.new("RGBA", (20, 20), (200, 20, 20, 255))
    image.putpixel((3, 3), (200, 20, 20, 0))
    image.save(source, "PNG", icc_profile=display_p3())
    made = opened(remake(source.getvalue()).webp).convert("RGBA")
    assert [made.getpixel(place)[3] for place in ((3, 3), (15, 15))] == [0, 255]  # type: ignore[index]


@pytest.mark.parametrize(("progressive", "reason"), [(True, "too_many_pixels"), (False, None)])
def test_a_photo_that_has_to_be_held_whole_may_be_smaller(progressive: bool, reason: str | None) -> None:
    """A large photo in whose beginning it stands whether it comes row by row."""
    source = bytearray(picture("JPEG", progressive=progressive))
    frame = source.index(b"\xff\xc2" if progressive else b"\xff\xc0")
    struct.pack_into(">HH", source, frame + 5, 7000, 10_000)
    with Image.open(BytesIO(source)) as image:
        if reason is None:
            remaking._check_size(image)
            return
        with pytest.raises(BadImage) as refused:
            remaking._check_size(image)
    assert refused.value.extension["reason"] == reason


def test_cmyk_keeps_its_colours() -> None:
    assert near(remake(picture("JPEG", mode="CMYK", quality=95)).webp, (200, 20, 20), place=(50, 30))


def test_heic_is_read() -> None:
    made = remake(HEIC)
    assert (made.width, made.height) == (64, 48)
    assert near(made.webp, (200, 20, 20), place=(50, 40))


@pytest.mark.filterwarnings("ignore::UserWarning")
@given(st.binary(max_size=200))
def test_a_broken_exif_does_not_matter(noise: bytes) -> None:
    for begin in (b"", b"Exif\0\0", b"Exif\0\0MM\0*\0\0\0\x08", b"Exif\0\0II*\0\x08\0\0\0\x02\0\x12\x01\x05\0"):
        for kind in ("JPEG", "PNG"):
            assert remake(picture(kind, size=(8, 4), exif=begin + noise)).width in (4, 8)


@given(st.sampled_from([picture(), picture("PNG"), picture("WEBP"), HEIC]), st.data())
def test_no_file_is_an_internal_error(source: bytes, data: st.DataObject) -> None:
    content = bytearray(source)
    for place, value in data.draw(st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)))):
        content[place] = value
    with contextlib.suppress(BadImage):
        remake(bytes(content[: data.draw(st.integers(0, len(content)))] if data.draw(st.booleans()) else content))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of its memory as Linux tells it")
def test_a_photo_of_48_megapixels_takes_little_memory() -> None:
    """In a process of its own: what it held at most is what counts."""
    told = subprocess.run([sys.executable, "-c", _PHOTO], check=True, capture_output=True, text=True)
    size, grown_mb = told.stdout.split()
    assert size == "1600x1200"
    assert int(grown_mb) < 100, "decoded whole it would take 195 MB, and more for resizing"


# the peak of this program alone: getrusage begins with that of whoever started it, and would hide what is smaller
_PHOTO = """
from io import BytesIO
from pathlib import Path
from PIL import Image
from chengtuan.modules.catalog.pictures.rules.remaking import remake
def peak_mb():
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) // 1024
source = BytesIO()
small = Image.new("RGB", (1008, 756), (200, 20, 20))
small.save(source, "JPEG")
remake(source.getvalue())
import subprocess, sys
photo = subprocess.run([sys.executable, "-c",
    "import sys; from PIL import Image; Image.new('RGB', (8064, 6048), (9, 9, 9)).save(sys.stdout.buffer, 'JPEG')"],
    capture_output=True, check=True).stdout
before = peak_mb()
made = remake(photo)
print(f"{made.width}x{made.height}", peak_mb() - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="gives memory back as glibc does, and reads it as Linux tells it")
def test_what_photos_took_is_given_back(tmp_path: Path) -> None:
    """A server that had been sent a few photos kept half a gigabyte for ever."""
    command = [sys.executable, "-c", _PHOTOS, str(tmp_path)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    assert int(told.stdout) < 120, "MB; four of them unpacked at once are 144, and eight were kept"


_PHOTOS = """
import asyncio, os, sys
from io import BytesIO
from pathlib import Path
from PIL import Image
from chengtuan.modules.catalog.pictures.rows.store import PictureStore
def held_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20
def photo(size):
    made = BytesIO()
    Image.new("RGB", size, (200, 20, 20)).save(made, "JPEG", progressive=True)
    return made.getvalue()
async def main():
    store, photos = PictureStore(Path(sys.argv[1]), at_once=4), [photo((4032, 3024)), photo((750, 12000))]
    await store.add(photo((100, 100)))
    before = held_mb()
    await asyncio.gather(*(store.add(photos[number % 2]) for number in range(8)))
    print(held_mb() - before)
asyncio.run(main())
"""


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
