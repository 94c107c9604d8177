"""The vector emoji we build from: finding them in the installed npm package, and drawing them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

import resvg_py
from PIL import Image

PACKAGE: Final = Path(__file__).resolve().parents[1] / "node_modules" / "@iconify-json" / "fluent-emoji"
RASTER: Final = 800  # px; drawn once at this size and only ever scaled down, which smooths filtered edges

_bodies: dict[str, str] = {}


class ArtMissing(RuntimeError):
    """The npm package is not installed, or has no such emoji."""


def read_bodies(slugs: Iterable[str]) -> dict[str, str]:
    """Read the SVG bodies of the wanted emoji out of the package's one large JSON file."""
    source = PACKAGE / "icons.json"
    if not source.exists():
        message = f"{source} is missing: run `npm ci` in {PACKAGE.parents[2]} first"
        raise ArtMissing(message)
    icons = json.loads(source.read_text(encoding="utf-8"))["icons"]
    wanted = sorted(set(slugs))
    unknown = [slug for slug in wanted if slug not in icons]
    if unknown:
        message = f"no such emoji: {', '.join(unknown)}"
        raise ArtMissing(message)
    return {slug: icons[slug]["body"] for slug in wanted}


def use_bodies(bodies: dict[str, str]) -> None:
    """Hand the wanted bodies to this process; the 100 MB file is read once, by the parent only."""
    _bodies.update(bodies)


def body(slug: str) -> str:
    """Give one emoji's SVG body, drawn on a 32 × 32 canvas."""
    return _bodies[slug]


def draw(svg_inner: str, view: tuple[int, int], height: int) -> Image.Image:
    """Rasterise an SVG fragment with the given view box to `height` pixels, transparent around."""
    width = round(height * view[0] / view[1])
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {view[0]} {view[1]}" width="{width}" height="{height}">{svg_inner}</svg>'
    )
    png = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True)
    return Image.open(io.BytesIO(bytes(png))).convert("RGBA")


@lru_cache(maxsize=64)
def emoji(slug: str, height: int = RASTER) -> Image.Image:
    """Draw an emoji, cropped to what is visible."""
    return trim(draw(body(slug), (32, 32), height))


def trim(picture: Image.Image) -> Image.Image:
    """Crop to the visible part."""
    box = picture.getchannel("A").point([0 if a < 8 else 255 for a in range(256)]).getbbox()
    return picture.crop(box) if box else picture


def retone(picture: Image.Image, hue: int, saturation: float) -> Image.Image:
    """Turn all hues by `hue` degrees and scale saturation; how one mug becomes another glaze."""
    h, s, v = picture.convert("RGB").convert("HSV").split()
    shift = round(hue / 360 * 256)
    h = h.point([(i + shift) % 256 for i in range(256)])
    s = s.point([min(255, round(i * saturation)) for i in range(256)])
    toned = Image.merge("HSV", (h, s, v)).convert("RGB")
    toned.putalpha(picture.getchannel("A"))
    return toned
