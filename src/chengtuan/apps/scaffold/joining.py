"""Joins a new package to its module: its routes, its table, its problem, and its place above the other packages."""

import re
from pathlib import Path

from chengtuan.apps.scaffold.names import Names
from chengtuan.apps.scaffold.words import CannotRegister, worded

_ROUTERS = re.compile(r"\n( *)routers=lambda: \[\n")
_TABLES = """from sqlalchemy import Column, Table, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from chengtuan.modules.{module}.models.metadata import METADATA
from chengtuan.platform.tables import instant

"""


def join(names: Names, table: str, root: Path) -> list[Path]:
    """The files that were changed. Raises CannotRegister, having changed nothing."""
    home = root / "src" / "chengtuan" / "modules" / names.module
    texts = {
        home / "module.py": _routed((home / "module.py").read_text(encoding="utf-8"), names),
        home / "problems.py": (home / "problems.py").read_text(encoding="utf-8") + _problem(names),
        root / "pyproject.toml": _highest((root / "pyproject.toml").read_text(encoding="utf-8"), names),
    }
    texts |= _tabled(home, names, table) | worded(names, root)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return list(texts)


def _routed(text: str, names: Names) -> str:
    if not _ROUTERS.search(text):
        raise CannotRegister(f"{names.module}/module.py has changed its shape; add the routes by hand")
    routes = f"{names.package}_routes"
    text = _ROUTERS.sub(lambda found: f"{found[0]}{found[1]}    {routes}(ctx),\n", text, count=1)
    return _imported(text, f"from chengtuan.modules.{names.module}.{names.package}.http.routes import {routes}\n")


def _imported(text: str, new: str) -> str:
    lines = text.splitlines(keepends=True)
    places = [number for number, line in enumerate(lines) if line.startswith("from chengtuan.modules.")]
    place = next((number for number in places if lines[number] > new), places[-1] + 1)
    return "".join([*lines[:place], new, *lines[place:]])


def _problem(names: Names) -> str:
    words = names.substitutions()
    return f"""

class {words["Thing"]}NotFound(Problem):
    code = "{names.module}/{names.problem}"
    status = 404
    title = "There is no such {words["spoken"]}"
"""


def _highest(text: str, names: Names) -> str:
    """Above all packages there are: it may use each, and none may use it."""
    layers = re.compile(rf'(containers = \["chengtuan\.modules\.{names.module}"\]\nlayers = \[)')
    if not layers.search(text):
        raise CannotRegister(f"pyproject.toml has no contract for the packages of {names.module}")
    return layers.sub(lambda found: f'{found[1]}"{names.package}", ', text, count=1)


def _tabled(home: Path, names: Names, table: str) -> dict[Path, str]:
    if not (home / "models").is_dir():
        path = home / "models.py"
        return {path: path.read_text(encoding="utf-8") + table}
    path = home / "models" / "__init__.py"
    new = f"from chengtuan.modules.{names.module}.models.{names.package} import {names.thing}\n"
    text = _imported(path.read_text(encoding="utf-8"), new)
    exported = sorted([*re.findall(r'^    "(\w+)",$', text, re.MULTILINE), names.thing])
    listed = "".join(f'    "{name}",\n' for name in exported)
    text = re.sub(r"__all__ = \[\n[^\]]*\]", f"__all__ = [\n{listed}]", text)
    head = f'"""What `{names.package}` keeps."""\n\n' + _TABLES.format(module=names.module)
    return {path: text, home / "models" / f"{names.package}.py": head + table.lstrip("\n")}
