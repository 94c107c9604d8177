"""Uploaded pictures: read with suspicion, written anew, kept under the hash of their content."""

import asyncio
import os
import tempfile
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

from chengtuan.modules.catalog.problems import BadImage

UPLOADS = "/media/uploads"
MAX_SIDE = 1600
MAX_PIXELS = 40_000_000
"""More than any phone's camera sends; a decoded picture of this size takes 160 MB for a moment."""
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 82


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture made anew: WebP without any metadata, upright, at most MAX_SIDE pixels a side."""

    width: int
    height: int
    webp: bytes = field(repr=False)


def remake(upload: bytes) -> Picture:
    """Decode and encode again, so that nothing but pixels survives. Raises BadImage."""
    try:
        with Image.open(BytesIO(upload), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise BadImage(f"more than {MAX_PIXELS} pixels")
            return _encode(_upright(image))
    except (OSError, ValueError, SyntaxError, EOFError, ArithmeticError, LookupError) as error:
        raise BadImage from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadImage("too many pixels") from error


def _upright(image: Image.Image) -> Image.Image:
    # a JPEG can be decoded at a fraction of its size, which saves most of the time and memory
    image.draft("RGB", (2 * MAX_SIDE, 2 * MAX_SIDE))
    upright = ImageOps.exif_transpose(image)
    transparent = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    plain = upright.convert("RGBA" if transparent else "RGB")
    plain.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    return plain


def _encode(image: Image.Image) -> Picture:
    image.info.clear()  # the encoder would take EXIF and colour profile from here
    encoded = BytesIO()
    image.save(encoded, "WEBP", quality=_QUALITY, method=4)
    return Picture(image.width, image.height, encoded.getvalue())


class PictureStore:
    """The folder of uploads. Work is done in threads, few at once: a picture is large when unpacked."""

    def __init__(self, folder: Path, at_once: int = 2) -> None:
        self._folder = folder
        self._gate = asyncio.Semaphore(at_once)

    async def add(self, upload: bytes) -> tuple[str, Picture]:
        """Its URL and what is kept. Raises BadImage."""
        async with self._gate:
            return await asyncio.to_thread(self._add, upload)

    def _add(self, upload: bytes) -> tuple[str, Picture]:
        picture = remake(upload)
        name = f"{sha256(picture.webp).hexdigest()[:40]}.webp"
        self._write(self._folder / name, picture.webp)
        return f"{UPLOADS}/{name}", picture

    def _write(self, path: Path, content: bytes) -> None:
        """Under its name there is the whole file or none, also after a crash."""
        if path.exists():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".part", delete=False) as part:
            try:
                part.write(content)
                part.flush()
                os.fsync(part.fileno())
                Path(part.name).chmod(0o644)
                Path(part.name).replace(path)
            except BaseException:
                Path(part.name).unlink(missing_ok=True)
                raise
