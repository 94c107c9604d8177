"""The page about settings: every environment variable that the code reads."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from pydantic.fields import FieldInfo

import chengtuan
from chengtuan.apps.reference.markdown import code, codes, page, paragraph, table, type_name
from chengtuan.platform.settings import PREFIX, Settings

_SOURCES = Path(chengtuan.__file__).parent
_VARIABLE = re.compile(r"CHENGTUAN_[A-Z0-9_]*[A-Z0-9]|PORT|DATA|TOPOLOGY|PG_BIN")


def settings_page() -> str:
    kinds = sorted(_kinds_of(Settings), key=lambda kind: kind.__module__)
    kinds = [kind for kind in kinds if kind.__module__.startswith("chengtuan.")]
    known = {PREFIX + field.upper() for kind in kinds for field in kind.model_fields}
    others = {name: files for name, files in sorted(_mentioned().items()) if name not in known}
    return page(
        "Settings",
        "Settings are environment variables, read once at the start. `make run` chooses what one machine needs; "
        "what you set yourself wins. A setting without a default must be there.",
        *(_section(kind) for kind in kinds),
        "## Read elsewhere\n\nBy the command line, the set-up and the sandbox "
        "(whose meanings are in `src/chengtuan/gateways/sandbox/README.md`).\n\n"
        + table(("variable", "read in"), [(code(name), codes(files)) for name, files in others.items()]),
    )


def _kinds_of(base: type[Settings]) -> set[type[Settings]]:
    return {kind for below in base.__subclasses__() for kind in (below, *_kinds_of(below))}


def _section(kind: type[Settings]) -> str:
    docs = _field_docs(kind)
    rows = [
        (
            code(PREFIX + name.upper()),
            code(type_name(field.annotation)),
            _default(field),
            docs.get(name, ""),
        )
        for name, field in kind.model_fields.items()
        if name in kind.__annotations__  # what several share is said once, where it is declared
    ]
    heading = f"## {kind.__module__.removeprefix('chengtuan.')}\n\n{paragraph(kind.__doc__)}"
    return f"{heading}\n\n{table(('variable', 'type', 'default', 'meaning'), rows)}"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    if field.default_factory is not None:
        return "computed"
    return "none" if field.default is None else code(str(field.default))


def _field_docs(kind: type[Settings]) -> dict[str, str]:
    """The strings under the fields; Python itself forgets them."""
    body = ast.parse(inspect.getsource(kind)).body[0]
    assert isinstance(body, ast.ClassDef)
    docs: dict[str, str] = {}
    for field, after in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and (text := _string(after)):
            docs[field.target.id] = paragraph(text)
    return docs


def _string(node: ast.AST) -> str | None:
    value = node.value if isinstance(node, ast.Expr) else node
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def _mentioned() -> dict[str, list[str]]:
    """Variables that stand as whole strings in the code, with the files."""
    found: dict[str, list[str]] = {}
    for file in sorted(_SOURCES.rglob("*.py")):
        for name in sorted(set(_strings(file))):
            if _VARIABLE.fullmatch(name):
                found.setdefault(name, []).append(str(file.relative_to(_SOURCES)))
    return found


def _strings(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
