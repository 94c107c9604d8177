"""An uploaded picture, read with suspicion and written anew, so that nothing but its pixels survives.

What a picture says about itself is not believed before it has been bounded: how large it is decides how it is
decoded, and no picture takes more than about half a gigabyte for a moment.
"""

import contextlib
from io import BytesIO
from math import ceil
from typing import Literal

import pi_heif
from PIL import Image, ImageCms, UnidentifiedImageError

from chengtuan.modules.catalog.pictures.rules.picture import Picture
from chengtuan.modules.catalog.problems import BadImage

MAX_SIDE = 1600
"""Pixels of what is kept; a long picture keeps this width whatever its height."""
MAX_HEIGHT = 16_000
"""WebP ends at 16383."""
MAX_PIXELS = 40_000_000
"""Of what has to be unpacked whole: 160 MB."""
MAX_JPEG_PIXELS = 120_000_000
"""A JPEG is decoded at a fraction of its size, row by row: what a camera sends may be large."""
MAX_PHOTO_PIXELS = 64_000_000
"""Of photos that have to be held whole all the same: progressive JPEG, HEIC."""
_LONG = 2.0
"""Times as high as wide: no photo, but a page of details, whose letters have to stay legible."""
_QUALITY = 82

Reason = Literal["not_a_picture", "unsupported", "damaged", "too_many_pixels", "too_long"]

# Our own bounds, which tell formats apart, come before the library's, which warns and goes on.
Image.MAX_IMAGE_PIXELS = MAX_JPEG_PIXELS
pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)

_FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
_BEGINNINGS: tuple[tuple[int, bytes, bool], ...] = (
    (0, b"\xff\xd8\xff", True),
    (0, b"\x89PNG\r\n\x1a\n", True),
    (8, b"WEBP", True),
    (4, b"ftyphei", True),
    (4, b"ftypmif1", True),
    (4, b"ftypavif", False),
    (0, b"GIF8", False),
    (0, b"BM", False),
    (0, b"II*\x00", False),
    (0, b"MM\x00*", False),
    (0, b"8BPS", False),
    (0, b"%PDF", False),
    (0, b"<svg", False),
    (0, b"<?xml", False),
)
"""Offset, bytes, and whether we read such files."""
_ORIENTATION = 0x0112
_UPRIGHT: dict[int, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def remake(upload: bytes) -> Picture:
    """Decode and encode again. Raises BadImage, which names the reason."""
    try:
        with Image.open(BytesIO(upload), formats=_FORMATS) as image:
            _check_size(image)
            return _encode(_in_srgb(_upright(_shrunk(image))))
    except BadImage:
        raise
    except UnidentifiedImageError as error:
        raise _bad(_unknown(upload)) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _bad("too_many_pixels") from error
    except Exception as error:  # whatever a stranger's bytes make of a decoder
        raise _bad("damaged") from error


def pixels(upload: bytes) -> int:
    """How many the picture says it has; 0 if it says nothing that can be read."""
    with contextlib.suppress(Exception), Image.open(BytesIO(upload), formats=_FORMATS) as image:
        return image.width * image.height
    return 0


def _bad(reason: Reason) -> BadImage:
    return BadImage(reason=reason)


def _unknown(upload: bytes) -> Reason:
    head = upload[:64].lstrip() if upload[:64].lstrip().startswith(b"<") else upload[:64]
    for offset, beginning, ours in _BEGINNINGS:
        if head[offset:].startswith(beginning):
            return "damaged" if ours else "unsupported"
    return "not_a_picture"


def _check_size(image: Image.Image) -> None:
    """Before anything is unpacked."""
    whole = image.format == "HEIF" or "progressive" in image.info or "progression" in image.info
    most = MAX_PIXELS
    if image.format in ("JPEG", "MPO", "HEIF"):
        most = MAX_PHOTO_PIXELS if whole else MAX_JPEG_PIXELS
    if image.width * image.height > most:
        raise _bad("too_many_pixels")
    width, height = sorted(image.size)
    if height * min(1.0, MAX_SIDE / width) > MAX_HEIGHT:
        raise _bad("too_long")


def _room(size: tuple[int, int]) -> tuple[int, int]:
    """The largest size that is kept of such a picture."""
    width, height = size
    return (MAX_SIDE, MAX_HEIGHT) if height > width * _LONG else (MAX_SIDE, MAX_SIDE)


def _shrunk(image: Image.Image) -> Image.Image:
    """As large as it is kept, before it is turned: a picture lying on its side has its room turned as well."""
    turned = _orientation(image) >= 5
    room = _room(image.size[::-1])[::-1] if turned else _room(image.size)
    # a JPEG can be decoded at a fraction of its size, which saves most of the time and memory; the fraction is chosen
    # by the shorter side too, so what is asked for has the picture's own shape
    scale = min(1.0, 2 * min(room[0] / image.width, room[1] / image.height))
    image.draft(None, (ceil(image.width * scale), ceil(image.height * scale)))
    image.load()
    plain = _plain(image)
    plain.thumbnail(room, Image.Resampling.LANCZOS)
    return plain


def _plain(image: Image.Image) -> Image.Image:
    """In a mode that can be resized without loss: eight bits, no palette."""
    if image.mode.startswith("I") or image.mode == "F":
        # 16 bits of grey are kept as numbers up to 65535, which a conversion would cut off at 255
        return image.point(lambda value: value * (1 / 257), "L" if image.mode == "I" else None).convert("L")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        return image.convert("RGBA")
    return image if image.mode in ("RGB", "L", "CMYK") else image.convert("RGB")


def _upright(image: Image.Image) -> Image.Image:
    method = _UPRIGHT.get(_orientation(image))
    return image if method is None else image.transpose(method)


def _orientation(image: Image.Image) -> int:
    """1 to 8 as EXIF numbers them. What a broken EXIF says does not matter."""
    with contextlib.suppress(Exception):
        found = image.getexif().get(_ORIENTATION, 1)
        return found if found in range(1, 9) else 1
    return 1


def _in_srgb(image: Image.Image) -> Image.Image:
    """The colours as they were meant: phones photograph in Display P3, print shops deliver CMYK."""
    profile = image.info.get("icc_profile")
    if profile:
        with contextlib.suppress(Exception):  # a profile that is none, or of another kind of colours
            return _converted(image, ImageCms.ImageCmsProfile(BytesIO(profile)))
    return image if image.mode in ("RGB", "RGBA") else image.convert("RGB")


def _converted(image: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    opaque = image.convert("RGB") if alpha else image
    mode = ImageCms.profileToProfile(opaque, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    assert mode is not None, "it was asked for a new picture"
    if alpha:
        mode.putalpha(alpha)
    return mode


def _encode(image: Image.Image) -> Picture:
    image.info.clear()  # whatever an encoder may take from here: it is no longer true, or nobody's business
    encoded = BytesIO()
    image.save(encoded, "WEBP", quality=_QUALITY, method=4)
    return Picture(image.width, image.height, encoded.getvalue())
