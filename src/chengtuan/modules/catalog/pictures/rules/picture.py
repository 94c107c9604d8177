"""A picture as it is kept. How it is made is in `remaking.py`, which loads the decoders."""

from dataclasses import dataclass, field

LARGE_PIXELS = 20_000_000
"""From here on a picture is made while no other large one is."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture made anew: WebP in sRGB without any metadata, upright."""

    width: int
    height: int
    webp: bytes = field(repr=False)
