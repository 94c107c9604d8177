"""Layouts: which places the one to three objects of a product take in its two pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from PIL import Image

from . import library, packaging
from .stage import Place, cloth, lay, stand, table

# (object index, place); objects wrap round, so a layout of five works with one object or three.
Arrangement = tuple[tuple[int, Place], ...]

STANDING: Final[dict[str, Arrangement]] = {
    "hero": ((0, Place(400, 652, 530)),),
    "stage": ((0, Place(400, 652, 530)),),
    "duo": ((0, Place(334, 628, 470)), (1, Place(598, 700, 262))),
    "trio": ((1, Place(186, 600, 288, 8)), (2, Place(614, 600, 288, -8)), (0, Place(400, 684, 430))),
    "pile": (
        (0, Place(256, 516, 262, 6)),
        (1, Place(548, 516, 262, -6)),
        (2, Place(166, 648, 268, -8)),
        (1, Place(634, 648, 268, 8)),
        (0, Place(400, 688, 324)),
    ),
    "pack": ((0, Place(318, 656, 516)), (1, Place(604, 700, 262))),
}
FLAT: Final[dict[str, Arrangement]] = {
    "hero": ((0, Place(400, 400, 460, -10)),),
    "stage": ((0, Place(400, 400, 450)),),
    "duo": ((0, Place(350, 360, 372, 6)), (1, Place(556, 560, 208, -12))),
    "trio": (
        (0, Place(282, 288, 222, 8)),
        (1, Place(520, 288, 222, -8)),
        (2, Place(284, 520, 222, -8)),
        (0, Place(520, 520, 222, 8)),
    ),
    "pile": (
        (0, Place(400, 400, 226, 4)),
        (1, Place(400, 198, 188, -8)),
        (2, Place(588, 334, 188, 12)),
        (1, Place(518, 562, 188, -16)),
        (0, Place(282, 562, 188, 14)),
        (2, Place(212, 334, 188, -12)),
    ),
    "pack": ((0, Place(330, 390, 372, 3)), (1, Place(572, 512, 206)), (1, Place(556, 298, 136))),
}
LAYOUTS: Final = tuple(STANDING)


@dataclass(frozen=True, slots=True)
class Item:
    """One object of a picture: an emoji, or a package with an emoji on its label; recoloured at will."""

    emoji: str
    package: str | None = None
    colour: str = "#ffffff"
    hue: int = 0
    saturation: float = 1.0

    @classmethod
    def read(cls, data: dict[str, Any]) -> Item:
        """Read an object from the catalogue's `art.objects`."""
        tone = {"hue": int(data.get("hue", 0)), "saturation": float(data.get("saturation", 1))}
        if "prop" in data:
            return cls(data["label"], data["prop"], data["color"], **tone)  # type: ignore[arg-type]
        return cls(data["emoji"], **tone)  # type: ignore[arg-type]

    def draw(self) -> Image.Image:
        """Draw the object, cropped."""
        if self.package:
            return packaging.package(self.package, self.colour, self.emoji)
        picture = library.emoji(self.emoji)
        if self.hue or self.saturation != 1:
            return library.retone(picture, self.hue, self.saturation)
        return picture


def product_pictures(art: dict[str, Any]) -> tuple[Image.Image, Image.Image]:
    """Compose a product's main picture (on a table) and its second one (seen from above)."""
    figures = [Item.read(data).draw() for data in art["objects"]]
    palette = art["palette"]
    main, second = table(palette).copy(), cloth(palette).copy()
    for index, place in STANDING[art["layout"]]:
        stand(main, figures[index % len(figures)], place, palette)
    for index, place in FLAT[art["layout"]]:
        lay(second, figures[index % len(figures)], place, palette)
    return main, second
