"""What the shop says to the one problem of what is laid out, in its three languages."""

import re
from pathlib import Path

from chengtuan.apps.scaffold.names import Names

_PROBLEMS = re.compile(r'"problem": \{\n *"generic": .*\n')
_NOT_FOUND = {
    "zh-Hant": "找不到這項內容，可能已經不在了。",
    "zh-Hans": "找不到这项内容，可能已经不在了。",
    "en": "We could not find this. It may be gone.",
}
"""What the shop says to the example's one problem."""


class CannotRegister(Exception):
    """A file does not look as expected; it has to be edited by hand."""


def worded(names: Names, root: Path) -> dict[Path, str]:
    """The catalogues with the problem's words in them. Raises CannotRegister."""
    folder = root / "clients" / "shop" / "src" / "locales"
    paths = {folder / f"{language}.json": words for language, words in _NOT_FOUND.items()}
    return {path: _with(path.read_text(encoding="utf-8"), names, words) for path, words in paths.items()}


def _with(text: str, names: Names, words: str) -> str:
    head = _PROBLEMS.search(text)
    if head is None:
        raise CannotRegister("the shop's catalogues have changed their shape; add the problem's words by hand")
    rest = text[head.end() :]
    said = f'"{names.problem}": "{words}"'
    if names.package and (group := re.search(rf'^ *"{names.module}": \{{', rest, re.MULTILINE)):
        rest = f"{rest[: group.end()]} {said},{rest[group.end() :]}"
    else:
        rest = f'    "{names.module}": {{ {said} }},\n{rest}'
    return text[: head.end()] + rest
