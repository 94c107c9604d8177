"""Documents lead somewhere: links, anchors, settings and commands that they name exist."""

import re
from pathlib import Path

import pytest

from chengtuan.apps.reference import reference_pages

ROOT = Path(__file__).parents[2]
_LINK = re.compile(r"(?<!`)\[[^\]]*\]\(([^)\s]+)\)")
_VARIABLE = re.compile(r"CHENGTUAN_[A-Z0-9_]*[A-Z0-9]")
_MAKE = re.compile(r"`make ([a-z-]+)")
_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_MAKE_IN_BLOCK = re.compile(r"^(?:\S+=\S+ )*make ([a-z-]+)", re.MULTILINE)
_OF_CLIENTS = {"CHENGTUAN_SERVER"}
"""Read by a client's build, not by the server."""
_COMMAND = re.compile(r"(?:\.venv/bin/|`)chengtuan ([a-z-]+)")
_MOST_BYTES = 300_000


def documents() -> list[Path]:
    top = list(ROOT.glob("*.md"))
    modules = [*ROOT.glob("src/chengtuan/**/README.md"), *ROOT.glob("clients/*/README.md"), *ROOT.glob("demo/*.md")]
    return sorted([*top, *ROOT.glob("docs/**/*.md"), *modules])


def anchors(text: str) -> set[str]:
    """As GitHub makes them from headings."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken_links(path: Path, text: str) -> list[str]:
    broken = []
    for link in _LINK.findall(text):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        place, _, anchor = link.partition("#")
        target = (path.parent / place).resolve() if place else path
        if not target.exists() or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            broken.append(link)
    return broken


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    assert broken_links(path, path.read_text(encoding="utf-8")) == []


def test_a_broken_link_would_be_seen() -> None:
    text = "[a](nowhere.md) [b](LICENSE) [c](README.md#licence) [d](README.md#no-such-part) [e](https://example.org)"
    assert broken_links(ROOT / "x.md", text) == ["nowhere.md", "README.md#no-such-part"]


def test_settings_that_documents_name_exist() -> None:
    known = set(_VARIABLE.findall(reference_pages()["settings.md"]))
    named = {
        (path.name, name)
        for path in documents()
        for name in _VARIABLE.findall(path.read_text(encoding="utf-8"))
        if not any(other.startswith(f"{name}_") for other in known)  # a family: `CHENGTUAN_SMS_{BASE_URL,KEY}`
    }
    assert sorted((file, name) for file, name in named if name not in known | _OF_CLIENTS) == []


def test_commands_that_documents_name_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    commands = set(re.findall(r"^## ([a-z-]+)", reference_pages()["commands.md"], re.MULTILINE))
    for path in documents():
        text = path.read_text(encoding="utf-8")
        named = {*_MAKE.findall(text), *_MAKE_IN_BLOCK.findall("\n".join(_BLOCK.findall(text)))}
        assert named <= targets, f"{path.name}: make {named - targets}"
        assert set(_COMMAND.findall(text)) <= commands, path.name


def missing_evidence(text: str) -> list[str]:
    """Tests that the table of features names and that are not there; finished rows that name none."""
    rows = [line for line in text.splitlines() if re.match(r"\| F\d", line)]
    unshown = [
        row.split("|")[1].strip() for row in rows if row.split("|")[3].startswith(" done") and "`tests/" not in row
    ]
    return unshown + [path for path in re.findall(r"`(tests/[^`]+)`", text) if not (ROOT / path).exists()]


def test_each_finished_feature_is_shown_by_a_test() -> None:
    text = (ROOT / "docs" / "reference" / "features.md").read_text(encoding="utf-8")
    assert missing_evidence(text) == []
    assert missing_evidence("| F1 | x | done | shop | |\n| F2 | y | partly | | `tests/nothing.py` |") == [
        "F1",
        "tests/nothing.py",
    ]


def test_pictures_are_small() -> None:
    pictures = list((ROOT / "docs" / "images").iterdir())
    assert pictures
    assert [path.name for path in pictures if path.stat().st_size > _MOST_BYTES] == []
