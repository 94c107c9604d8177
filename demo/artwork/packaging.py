"""Our own packaging, drawn as SVG: pouch, tin, box, carton, sack and bottle with a label."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PIL import Image

from . import library
from .colours import Rgb, deepen, hex_of, mix, rgb

VIEW: Final = (360, 440)
INK: Final[Rgb] = (70, 52, 44)


@dataclass(frozen=True, slots=True)
class Shades:
    """The tones of one package, from its one base colour."""

    light: str
    base: str
    dark: str
    deep: str

    @classmethod
    def of(cls, colour: str) -> Shades:
        """Derive lit, shaded and edge tones."""
        base = rgb(colour)
        return cls(
            light=hex_of(mix(base, (255, 255, 255), 0.34)),
            base=colour,
            dark=hex_of(deepen(base, 0.78)),
            deep=hex_of(deepen(base, 0.6)),
        )


def _gradients(s: Shades) -> str:
    return (
        '<defs><linearGradient id="p-round" x1="0" x2="1" y1="0" y2="0">'
        f'<stop offset="0" stop-color="{s.dark}"/><stop offset=".2" stop-color="{s.base}"/>'
        f'<stop offset=".38" stop-color="{s.light}"/><stop offset=".62" stop-color="{s.base}"/>'
        f'<stop offset="1" stop-color="{s.deep}"/></linearGradient>'
        '<linearGradient id="p-flat" x1="0" x2=".4" y1="0" y2="1">'
        f'<stop offset="0" stop-color="{s.light}"/><stop offset=".5" stop-color="{s.base}"/>'
        f'<stop offset="1" stop-color="{s.dark}"/></linearGradient>'
        '<linearGradient id="p-label" x1="0" x2="1" y1="0" y2="0">'
        '<stop offset="0" stop-color="#efe7da"/><stop offset=".35" stop-color="#fffdf8"/>'
        '<stop offset="1" stop-color="#e6dccb"/></linearGradient></defs>'
    )


def _label(slug: str, cx: float, cy: float, width: float, height: float) -> str:
    side = min(width, height * 0.74) * 0.78
    top = cy - height / 2 + height * 0.07
    bar = cy + height / 2 - height * 0.19
    ink = hex_of(INK)
    return (
        f'<rect x="{cx - width / 2}" y="{cy - height / 2}" width="{width}" height="{height}" rx="18" '
        'fill="url(#p-label)"/>'
        f'<svg x="{cx - side / 2}" y="{top}" width="{side}" height="{side}" viewBox="0 0 32 32">'
        f"{library.body(slug)}</svg>"
        f'<rect x="{cx - width * 0.3}" y="{bar}" width="{width * 0.6}" height="{height * 0.055}" rx="4" '
        f'fill="{ink}" opacity=".75"/>'
        f'<rect x="{cx - width * 0.19}" y="{bar + height * 0.085}" width="{width * 0.38}" '
        f'height="{height * 0.035}" rx="3" fill="{ink}" opacity=".35"/>'
    )


def _pouch(s: Shades, label: str) -> str:
    return (
        '<path d="M58 40 H302 L310 96 Q322 250 316 400 Q314 424 290 426 Q180 436 70 426 Q46 424 44 400 '
        'Q38 250 50 96 Z" fill="url(#p-round)"/>'
        f'<path d="M58 40 H302 L307 74 H53 Z" fill="{s.dark}" opacity=".55"/>'
        f'<path d="M53 74 H307" stroke="{s.light}" stroke-width="3" opacity=".7"/>'
        f'<path d="M46 392 Q180 352 314 392 Q314 424 290 426 Q180 436 70 426 Q46 424 46 392Z" '
        f'fill="{s.deep}" opacity=".35"/>'
        '<path d="M84 92 Q72 240 82 366" stroke="#fff" stroke-width="9" stroke-linecap="round" opacity=".28" '
        'fill="none"/>' + _label(label, 180, 226, 178, 212)
    )


def _tin(s: Shades, label: str) -> str:
    return (
        '<path d="M62 92 V392 Q62 430 180 430 Q298 430 298 392 V92 Z" fill="url(#p-round)"/>'
        + _label(label, 180, 258, 172, 216)
        + '<path d="M54 60 V96 Q54 124 180 124 Q306 124 306 96 V60 Z" fill="url(#p-round)"/>'
        f'<ellipse cx="180" cy="60" rx="126" ry="30" fill="{s.light}"/>'
        f'<ellipse cx="180" cy="60" rx="104" ry="22" fill="{s.base}" opacity=".55"/>'
        f'<path d="M57 102 Q66 124 180 124 Q294 124 303 102" stroke="{s.deep}" stroke-width="4" '
        'opacity=".45" fill="none"/>'
    )


def _box(s: Shades, label: str) -> str:
    return (
        f'<path d="M30 128 L84 76 H342 L288 128 Z" fill="{s.light}"/>'
        f'<path d="M288 128 L342 76 V372 L288 426 Z" fill="{s.deep}"/>'
        '<rect x="30" y="128" width="258" height="298" rx="6" fill="url(#p-flat)"/>'
        f'<path d="M30 158 H288" stroke="{s.light}" stroke-width="4" opacity=".6"/>' + _label(label, 159, 290, 176, 220)
    )


def _carton(s: Shades, label: str) -> str:
    return (
        f'<path d="M232 132 L300 156 V404 L232 432 Z" fill="{s.deep}"/>'
        f'<path d="M60 132 L98 62 H250 L232 132 Z" fill="{s.light}"/>'
        f'<path d="M232 132 L250 62 L300 156 Z" fill="{s.dark}"/>'
        f'<rect x="94" y="28" width="160" height="36" rx="6" fill="{s.base}"/>'
        '<path d="M60 132 H232 V432 H60 Z" fill="#fffdf8"/>'
        f'<path d="M60 330 Q110 288 150 322 T232 308 V432 H60 Z" fill="{s.base}"/>'
        f'<path d="M60 132 H232 V158 H60 Z" fill="{s.base}"/>'
        f'<svg x="84" y="168" width="124" height="124" viewBox="0 0 32 32">{library.body(label)}</svg>'
    )


def _sack(s: Shades, label: str) -> str:
    return (
        '<path d="M70 64 Q180 48 290 64 Q318 150 322 260 Q326 390 300 418 Q180 440 60 418 Q34 390 38 260 '
        'Q42 150 70 64 Z" fill="url(#p-round)"/>'
        f'<path d="M64 30 Q180 14 296 30 L292 92 Q180 76 68 92 Z" fill="{s.dark}"/>'
        f'<path d="M68 84 Q180 68 292 84" stroke="{s.light}" stroke-width="4" '
        'stroke-dasharray="12 9" fill="none"/>' + _label(label, 180, 252, 190, 222)
    )


def _bottle(s: Shades, label: str) -> str:
    cap = hex_of(INK)
    return (
        '<path d="M140 70 H220 V120 Q286 150 286 214 V392 Q286 430 248 430 H112 Q74 430 74 392 V214 '
        'Q74 150 140 120 Z" fill="url(#p-round)"/>'
        f'<rect x="132" y="20" width="96" height="58" rx="12" fill="{cap}"/>'
        f'<rect x="132" y="20" width="30" height="58" rx="12" fill="#fff" opacity=".16"/>'
        f'<path d="M98 214 Q98 176 134 152" stroke="{s.light}" stroke-width="10" '
        'stroke-linecap="round" opacity=".8" fill="none"/>' + _label(label, 180, 300, 168, 196)
    )


KINDS: Final[dict[str, Callable[[Shades, str], str]]] = {
    "bottle": _bottle,
    "box": _box,
    "carton": _carton,
    "pouch": _pouch,
    "sack": _sack,
    "tin": _tin,
}


def package(kind: str, colour: str, label: str) -> Image.Image:
    """Draw one package with an emoji on its label, cropped to what is visible."""
    shades = Shades.of(colour)
    return library.trim(library.draw(_gradients(shades) + KINDS[kind](shades, label), VIEW, library.RASTER))
