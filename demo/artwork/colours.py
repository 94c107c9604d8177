"""Named palettes: one key colour each, from which a scene derives its whole range."""

from __future__ import annotations

import colorsys
from typing import Final

Rgb = tuple[int, int, int]

WHITE: Final[Rgb] = (255, 255, 255)

# Keys are what products name; a key colour is the middle tone, backgrounds are tints of it.
KEYS: Final[dict[str, str]] = {
    "apple": "#8fbf5a",
    "babyblue": "#8fc1ea",
    "banana": "#7fb6a4",
    "berry": "#f2a3b3",
    "blueberry": "#a9b4ee",
    "butter": "#f3c572",
    "candy": "#f5a8c8",
    "chestnut": "#e0a878",
    "chili": "#f2b04c",
    "citrus": "#f7bd5f",
    "cocoa": "#d3a98c",
    "coffee": "#d8ab7c",
    "coral": "#f6a08b",
    "curry": "#a9c48a",
    "custard": "#f2cf7a",
    "dumpling": "#9cc9b0",
    "dusk": "#b9a6e2",
    "egg": "#a8cf9b",
    "festive": "#f0b46a",
    "forest": "#93bf9b",
    "grape": "#c3a9e6",
    "hibiscus": "#f2a6bd",
    "honey": "#f5c95e",
    "jasmine": "#b5cf9a",
    "kiwi": "#e2cf86",
    "lavender": "#bfb0ea",
    "leaf": "#9ecb8f",
    "mango": "#f9c25c",
    "melon": "#8fd0a5",
    "midnight": "#94a9d8",
    "milktea": "#dcb48e",
    "mint": "#8ed1bd",
    "oat": "#d9c197",
    "ocean": "#7cc4dc",
    "olive": "#b7c27d",
    "orange": "#f9b15f",
    "peach": "#f7b79c",
    "pineapple": "#8ccdb4",
    "rainbow": "#a7c6ee",
    "ramen": "#f3c07a",
    "retro": "#e3b582",
    "rice": "#b3cf93",
    "sand": "#e0c39a",
    "sky": "#8cc6ef",
    "slate": "#a9b8cc",
    "sunset": "#f7b070",
    "sweetpotato": "#dba3c0",
    "tangerine": "#9acb86",
    "tea": "#a5c79a",
    "tomato": "#f0a58c",
    "wheat": "#ebc083",
}


def rgb(hex_colour: str) -> Rgb:
    """Read `#rrggbb`."""
    value = hex_colour.lstrip("#")
    return int(value[0:2], 16), int(value[2:4], 16), int(value[4:6], 16)


def hex_of(colour: Rgb) -> str:
    """Write a colour as `#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def mix(colour: Rgb, other: Rgb, share: float) -> Rgb:
    """Blend towards `other`; `share` 0 keeps `colour`, 1 gives `other`."""
    r, g, b = (round(a + (z - a) * share) for a, z in zip(colour, other, strict=True))
    return r, g, b


def tint(name: str, share: float) -> Rgb:
    """Give a palette's key colour, `share` of the way to white."""
    return mix(rgb(KEYS[name]), WHITE, share)


def deepen(colour: Rgb, factor: float) -> Rgb:
    """Darken while adding a little saturation, so that shadows of a colour do not turn grey."""
    h, s, v = colorsys.rgb_to_hsv(*(c / 255 for c in colour))
    r, g, b = colorsys.hsv_to_rgb(h, min(1.0, s * (1 + (1 - factor) * 0.6)), v * factor)
    return round(r * 255), round(g * 255), round(b * 255)
