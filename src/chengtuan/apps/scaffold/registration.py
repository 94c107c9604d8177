"""Tells the product of a new module: the registry, the topologies that name modules one by one, the shop's words."""

import re
from pathlib import Path

from chengtuan.apps.scaffold.names import Names
from chengtuan.apps.scaffold.words import CannotRegister, worded

_IMPORT = "from chengtuan.modules."
_TUPLE = re.compile(r"(MANIFESTS: tuple\[ModuleManifest, \.\.\.\] = \()([^)]*?),?\s*\)")
_MODULES = re.compile(r"modules = \[([^\]]*)\]")


def register(names: Names, root: Path) -> list[Path]:
    """The new module stands highest, and runs in the last process. Raises CannotRegister, having changed nothing."""
    registry = root / "src" / "chengtuan" / "apps" / "registry.py"
    texts = {registry: _registered(registry.read_text(encoding="utf-8"), names)}
    for path in sorted((root / "deploy" / "topologies").glob("*.toml")):
        text = path.read_text(encoding="utf-8")
        if _MODULES.search(text):
            texts[path] = _placed(text, names)
    texts |= worded(names, root)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return list(texts)


def _registered(text: str, names: Names) -> str:
    lines = text.splitlines(keepends=True)
    places = [number for number, line in enumerate(lines) if line.startswith(_IMPORT)]
    if not places or not _TUPLE.search(text):
        raise CannotRegister("apps/registry.py has changed its shape; add the manifest by hand")
    new = f"{_IMPORT}{names.module}.module import {names.constant}\n"
    place = next((number for number in places if lines[number] > new), places[-1] + 1)
    lines.insert(place, new)
    return _TUPLE.sub(lambda found: _longer_tuple(found, names), "".join(lines), count=1)


def _longer_tuple(found: re.Match[str], names: Names) -> str:
    manifests = [name.strip() for name in found[2].split(",") if name.strip()] + [names.constant]
    one_line = f"{found[1]}{', '.join(manifests)})"
    if len(one_line) <= 120:
        return one_line
    return found[1] + "".join(f"\n    {name}," for name in manifests) + "\n)"


def _placed(text: str, names: Names) -> str:
    last = list(_MODULES.finditer(text))[-1]
    modules = [name.strip() for name in last[1].split(",") if name.strip()] + [f'"{names.module}"']
    return f"{text[: last.start()]}modules = [{', '.join(modules)}]{text[last.end() :]}"
