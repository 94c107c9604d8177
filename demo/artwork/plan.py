"""What has to be composed: one job per product or small picture, read from the catalogue files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PIL import Image

from . import badges, scenes

CATALOGUE: Final = Path(__file__).resolve().parents[1] / "catalogue"
QUALITY: Final = 82


@dataclass(frozen=True, slots=True)
class Job:
    """Some files made from one piece of `art`; `kind` is the folder they go to."""

    kind: str
    key: str
    art: dict[str, Any]

    @property
    def files(self) -> tuple[str, ...]:
        """Paths below the output folder, as they appear in /media URLs."""
        if self.kind == "products":
            return f"products/{self.key}-1.webp", f"products/{self.key}-2.webp"
        return (f"{self.kind}/{self.key}.webp",)

    @property
    def emoji(self) -> set[str]:
        """The emoji that this job draws."""
        objects = self.art.get("objects", [self.art])
        return {str(item.get("label", item.get("emoji"))) for item in objects}

    def digest(self, sources: str) -> str:
        """Identify the job's result: same digest, same bytes."""
        text = json.dumps([sources, self.kind, self.key, self.art], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:24]

    def compose(self) -> tuple[Image.Image, ...]:
        """Draw the pictures, one for each of `files`."""
        if self.kind == "products":
            return scenes.product_pictures(self.art)
        if self.kind == "merchants":
            return (badges.logo(self.art["emoji"], self.art["palette"]),)
        if self.kind == "categories":
            return (badges.icon(self.art["emoji"]),)
        return (badges.avatar(self.art["emoji"], self.art["palette"]),)

    def write(self, out: Path) -> None:
        """Compose and save; a file appears whole or not at all, so a stopped run can go on."""
        for name, picture in zip(self.files, self.compose(), strict=True):
            target = out / name
            target.parent.mkdir(parents=True, exist_ok=True)
            draft = target.with_suffix(".part")
            picture.save(draft, "WEBP", quality=QUALITY, method=4, alpha_quality=95)
            draft.replace(target)


def _rows(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((CATALOGUE / name).read_text(encoding="utf-8"))
    return rows


def jobs() -> Iterator[Job]:
    """List every job, in a fixed order."""
    for row in _rows("merchants.json"):
        yield Job("merchants", row["key"], row["art"])
    for row in _rows("categories.json"):
        yield Job("categories", row["slug"], row["art"])
    for row in _rows("avatars.json"):
        yield Job("avatars", row["key"], {"emoji": row["emoji"], "palette": row["palette"]})
    for path in sorted((CATALOGUE / "products").glob("*.json")):
        for row in _rows(f"products/{path.name}"):
            yield Job("products", row["key"], row["art"])


def sources_digest() -> str:
    """Identify the drawing code and the art package, so that a change of either redraws."""
    here = Path(__file__).parent
    paths = [*sorted(here.glob("*.py")), here.parent / "package-lock.json"]
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
