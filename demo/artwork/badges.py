"""The small pictures: merchants' logos, category icons and avatars."""

from __future__ import annotations

from typing import Final

from PIL import Image, ImageDraw

from . import library
from .colours import tint

DETAIL: Final = 360  # px; ample for what ends up below 200


def _round_mask(side: int, corner: int) -> Image.Image:
    mask = Image.new("L", (side * 4, side * 4), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, side * 4 - 1, side * 4 - 1), corner * 4, fill=255)
    return mask.resize((side, side), Image.Resampling.BOX)


def _ground(side: int, palette: str) -> Image.Image:
    slope = Image.linear_gradient("L").resize((side, side), Image.Resampling.BICUBIC)
    low = Image.new("RGB", slope.size, tint(palette, 0.05))
    return Image.composite(low, Image.new("RGB", slope.size, tint(palette, 0.5)), slope)


def _inside(picture: Image.Image, size: int) -> Image.Image:
    scale = size / max(picture.size)
    shape = round(picture.width * scale), round(picture.height * scale)
    return picture.resize(shape, Image.Resampling.LANCZOS)


def _centre(canvas: Image.Image, figure: Image.Image, drop: int = 0) -> None:
    left, top = (canvas.width - figure.width) // 2, (canvas.height - figure.height) // 2 + drop
    canvas.alpha_composite(figure, (left, top))


def logo(emoji: str, palette: str, side: int = 320) -> Image.Image:
    """A merchant's logo: its sign inside a white ring, on a square with round corners."""
    canvas = _ground(side, palette).convert("RGBA")
    disc = Image.new("L", (side * 4, side * 4), 0)
    inset = side * 4 // 10
    ImageDraw.Draw(disc).ellipse((inset, inset, side * 4 - inset, side * 4 - inset), fill=235)
    canvas.paste((255, 255, 255), mask=disc.resize((side, side), Image.Resampling.BOX))
    _centre(canvas, _inside(library.emoji(emoji, DETAIL), round(side * 0.52)))
    canvas.putalpha(_round_mask(side, side // 6))
    return canvas


def icon(emoji: str, side: int = 192) -> Image.Image:
    """A category's icon on a transparent ground."""
    canvas = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    _centre(canvas, _inside(library.emoji(emoji, DETAIL), round(side * 0.94)))
    return canvas


def avatar(emoji: str, palette: str, side: int = 192) -> Image.Image:
    """A face on a coloured circle."""
    canvas = _ground(side, palette).convert("RGBA")
    _centre(canvas, _inside(library.emoji(emoji, DETAIL), round(side * 0.7)), side // 48)
    canvas.putalpha(_round_mask(side, side // 2))
    return canvas
