"""Write the PNG sizes of the mark: `python clients/brand/make_icons.py`. The SVG is the original."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

import resvg_py
from PIL import Image

HERE: Final = Path(__file__).parent
SIZES: Final = (32, 180, 192, 512)


def main() -> None:
    """Draw each size from the vectors, so that small ones stay crisp."""
    svg = (HERE / "mark.svg").read_text(encoding="utf-8")
    for size in SIZES:
        png = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=size, height=size, skip_system_fonts=True))
        Image.open(io.BytesIO(png)).save(HERE / f"mark-{size}.png", optimize=True)


if __name__ == "__main__":
    main()
