"""Writes the files of a new module, or of a new package in one."""

from itertools import groupby
from pathlib import Path
from string import Template

from chengtuan.apps.scaffold.joining import join
from chengtuan.apps.scaffold.names import Names, names_for
from chengtuan.apps.scaffold.registration import register

_TEMPLATES = Path(__file__).parent / "template"
_CHECKOUT = Path(__file__).parents[4]
_SUFFIX = ".py.txt"
"""Templates are no Python yet, so that no tool mistakes them for it."""
_OURS = "from chengtuan.modules."


def scaffold_module(name: str, root: Path = _CHECKOUT) -> list[Path]:
    """Writes module `coupons`, or package `trade/coupons`, into the checkout `root`; the files written or changed.

    A module is registered, a package joined to its module. Raises BadName, and CannotRegister before anything is
    written.
    """
    modules = root / "src" / "chengtuan" / "modules"
    names = names_for(name, modules)
    changed = join(names, _filled(_TEMPLATES / "package" / "table.txt", names), root) if names.package else []
    changed = changed or register(names, root)
    folder = _TEMPLATES / ("package" if names.package else "module")
    written = []
    for template in sorted([*folder.rglob(f"*{_SUFFIX}"), *folder.rglob("*.md.txt")]):
        path = _target(template.relative_to(folder).with_suffix(""), names, root)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_filled(template, names), encoding="utf-8")
        written.append(path)
    return [*written, *changed]


def _filled(template: Path, names: Names) -> str:
    """Its imports of ours in order, whatever the names are."""
    text = Template(template.read_text(encoding="utf-8")).substitute(names.substitutions())
    runs = groupby(text.splitlines(keepends=True), key=lambda line: line.startswith(_OURS))
    return "".join(line for ours, run in runs for line in (sorted(run) if ours else run))


def _target(inside: Path, names: Names, root: Path) -> Path:
    path = Path(str(inside).replace("THING", names.thing).replace("PACKAGE", names.package))
    if path.parts[0] == "tests":
        return root / "tests" / "modules" / names.module / Path(*path.parts[1:])
    return root / "src" / "chengtuan" / "modules" / names.module / names.package / path
