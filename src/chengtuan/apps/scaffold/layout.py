"""Writes the files of a new module."""

from pathlib import Path
from string import Template

from chengtuan.apps.scaffold.names import names_for
from chengtuan.apps.scaffold.registration import register

_TEMPLATE = Path(__file__).parent / "template"
_CHECKOUT = Path(__file__).parents[4]
_SUFFIX = ".txt"
"""Templates are no Python yet, so that no tool mistakes them for it."""


def scaffold_module(name: str, root: Path = _CHECKOUT) -> list[Path]:
    """Writes module `name` into the checkout `root` and registers it; the files written or changed.

    Raises BadName, and CannotRegister before anything is written.
    """
    modules = root / "src" / "chengtuan" / "modules"
    names = names_for(name, modules)
    changed = register(names, root)
    written = []
    for template in sorted(_TEMPLATE.rglob(f"*{_SUFFIX}")):
        inside = template.relative_to(_TEMPLATE).with_suffix("")
        text = Template(template.read_text(encoding="utf-8")).substitute(names.substitutions())
        path = _target(inside, names.module, names.thing, root)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return [*written, *changed]


def _target(inside: Path, module: str, thing: str, root: Path) -> Path:
    path = Path(str(inside).replace("THING", thing))
    if path.parts[0] == "tests":
        return root / "tests" / "modules" / module / Path(*path.parts[1:])
    return root / "src" / "chengtuan" / "modules" / module / path
