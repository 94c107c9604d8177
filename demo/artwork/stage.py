"""Backgrounds, shadows and placing: everything between a drawn object and a finished square."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from .colours import KEYS, Rgb, deepen, rgb, tint

SIDE: Final = 800
SOFT: Final = 4  # shadows and blobs are blurred at a quarter of the size: same look, a sixteenth of the work


@dataclass(frozen=True, slots=True)
class Place:
    """Where one object goes: middle, foot line (or middle, lying flat), size in px, tilt in degrees."""

    x: int
    y: int
    size: int
    tilt: float = 0


def _ramp(top: Rgb, bottom: Rgb) -> Image.Image:
    slope = Image.linear_gradient("L").rotate(20, resample=Image.Resampling.BICUBIC, expand=False)
    slope = slope.crop((48, 48, 208, 208)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return Image.composite(Image.new("RGB", slope.size, bottom), Image.new("RGB", slope.size, top), slope)


def _disc(box: tuple[float, float, float, float], blur: float) -> Image.Image:
    mask = Image.new("L", (SIDE // SOFT, SIDE // SOFT), 0)
    left, top, right, bottom = (edge / SOFT for edge in box)
    ImageDraw.Draw(mask).ellipse((left, top, right, bottom), fill=255)
    mask = mask.filter(ImageFilter.GaussianBlur(blur / SOFT)) if blur else mask
    return mask.resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def _sharp_disc(box: tuple[int, int, int, int]) -> Image.Image:
    mask = Image.new("L", (SIDE * 2, SIDE * 2), 0)
    left, top, right, bottom = (edge * 2 for edge in box)
    ImageDraw.Draw(mask).ellipse((left, top, right, bottom), fill=255)
    return mask.resize((SIDE, SIDE), Image.Resampling.BOX)


@lru_cache(maxsize=16)
def table(palette: str) -> Image.Image:
    """A standing scene: soft wall, a halo behind the goods and a lighter table in front."""
    canvas = _ramp(tint(palette, 0.6), tint(palette, 0.2))
    halo = _disc((130, 30, 670, 570), 64)
    canvas.paste(tint(palette, 0.84), mask=halo.point([round(a * 0.9) for a in range(256)]))
    canvas.paste(tint(palette, 0.46), mask=_sharp_disc((-420, 516, 1220, 1456)))
    canvas.paste(tint(palette, 0.66), mask=_disc((70, 560, 730, 730), 36))
    return canvas


@lru_cache(maxsize=16)
def cloth(palette: str) -> Image.Image:
    """A scene seen from above: a deeper ground, a large plate-like circle and two quiet rings."""
    canvas = _ramp(tint(palette, 0.18), tint(palette, 0.42))
    ring = ImageChops.subtract(_sharp_disc((26, 26, 774, 774)), _sharp_disc((34, 34, 766, 766)))
    canvas.paste(tint(palette, 0.8), mask=ring.point([round(a * 0.5) for a in range(256)]))
    canvas.paste(deepen(rgb(KEYS[palette]), 0.8), mask=_shade(_disc((78, 96, 722, 752), 26), 0.28))
    canvas.paste(tint(palette, 0.84), mask=_sharp_disc((72, 72, 728, 728)))
    canvas.paste(tint(palette, 0.76), mask=_sharp_disc((112, 112, 688, 688)))
    return canvas


def _shade(mask: Image.Image, share: float) -> Image.Image:
    return mask.point([round(a * share) for a in range(256)])


def fit(picture: Image.Image, size: int) -> Image.Image:
    """Scale to a visual size: by area, so that a thin thing is not drawn tiny, within 1.12 × `size`."""
    width, height = picture.size
    scale = min(0.9 * size / math.sqrt(width * height), 1.1 * size / max(width, height))
    return picture.resize((round(width * scale), round(height * scale)), Image.Resampling.LANCZOS)


def _tilted(picture: Image.Image, tilt: float) -> Image.Image:
    if not tilt:
        return picture
    # A clear margin, so that edges at the very border are smoothed as well.
    picture = ImageOps.expand(picture, 2)
    return picture.rotate(tilt, resample=Image.Resampling.BICUBIC, expand=True)


def _foot(picture: Image.Image) -> tuple[int, int]:
    """Find where an object touches the table: the extent of its lowest eighth."""
    height = picture.height
    low = picture.getchannel("A").crop((0, height * 7 // 8, picture.width, height)).getbbox()
    return (low[0], low[2]) if low else (0, picture.width)


def stand(canvas: Image.Image, picture: Image.Image, place: Place, palette: str) -> None:
    """Stand an object on the table with a contact shadow and a wider, fainter one."""
    figure = _tilted(fit(picture, place.size), place.tilt)
    figure = figure.crop(figure.getbbox())
    left, top = place.x - figure.width // 2, place.y - figure.height
    start, end = _foot(figure)
    dark = deepen(rgb(KEYS[palette]), 0.5)
    span = max(end - start, figure.width // 3)
    middle = left + (start + end) / 2
    wide = (middle - span * 0.62, place.y - 40, middle + span * 0.62, place.y + 22)
    close = (middle - span * 0.5, place.y - 26, middle + span * 0.5, place.y + 6)
    canvas.paste(dark, mask=_shade(_disc(wide, 18), 0.34))
    canvas.paste(dark, mask=_shade(_disc(close, 7), 0.5))
    canvas.paste(figure, (left, top), figure)


def lay(canvas: Image.Image, picture: Image.Image, place: Place, palette: str) -> None:
    """Lay an object flat, with a soft drop shadow below and to the right."""
    figure = _tilted(fit(picture, place.size), place.tilt)
    left, top = place.x - figure.width // 2, place.y - figure.height // 2
    mask = Image.new("L", (SIDE, SIDE), 0)
    mask.paste(figure.getchannel("A"), (left + 10, top + 20))
    small = mask.resize((SIDE // SOFT, SIDE // SOFT), Image.Resampling.BOX)
    soft = small.filter(ImageFilter.GaussianBlur(16 / SOFT)).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    canvas.paste(deepen(rgb(KEYS[palette]), 0.5), mask=_shade(soft, 0.4))
    canvas.paste(figure, (left, top), figure)
