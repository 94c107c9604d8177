"""Documents lead somewhere: links, anchors, settings, commands, files and buttons that they name exist."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from chengtuan.apps.cli import cli
from chengtuan.apps.reference import reference_pages
from chengtuan.gateways.sandbox.desk.wording import catalogue

ROOT = Path(__file__).parents[2]
_LINK = re.compile(r"(?<!`)\[[^\]]*\]\(([^)\s]+)\)")
_VARIABLE = re.compile(r"CHENGTUAN_[A-Z0-9_]*[A-Z0-9]")
_MAKE = re.compile(r"`make ([a-z-]+)")
_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_MAKE_IN_BLOCK = re.compile(r"^(?:\S+=\S+ )*make ([a-z-]+)", re.MULTILINE)
_OF_CLIENTS = {"CHENGTUAN_SERVER"}
"""Read by a client's build, not by the server."""
_COMMAND = re.compile(r"(?:^|`|\| |&& )(?:\S+=\S+ +)*(?:\.venv/bin/)?chengtuan ([a-z][^`#|\n]*)", re.MULTILINE)
_SPAN = re.compile(r"`([^`\n]+)`")
_FILE = re.compile(r"[\w.-]+(?:/[\w.@-]+)+\.(?:py|md|toml|json|ts|vue|mjs|sh|txt|sql|scss|conf)")
_MADE_LATER = ("DATA/", "monday/", "usecases/verb_noun.py")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_PRESSED = re.compile(r"(?:press|under)\s\*\*([^*]+)\*\*")
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
    known = set(_VARIABLE.findall(reference_pages(cli)["settings.md"]))
    named = {
        (path.name, name)
        for path in documents()
        for name in _VARIABLE.findall(path.read_text(encoding="utf-8"))
        if not any(other.startswith(f"{name}_") for other in known)  # a family: `CHENGTUAN_SMS_{BASE_URL,KEY}`
    }
    assert sorted((file, name) for file, name in named if name not in known | _OF_CLIENTS) == []


def test_make_targets_that_documents_name_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for path in documents():
        text = path.read_text(encoding="utf-8")
        named = {*_MAKE.findall(text), *_MAKE_IN_BLOCK.findall("\n".join(_BLOCK.findall(text)))}
        assert named <= targets, f"{path.name}: make {named - targets}"


def unknown_words(text: str) -> Iterator[str]:
    """Commands and options of `chengtuan …` in blocks and spans that the command line does not have."""
    for line in _COMMAND.findall("\n".join([*_BLOCK.findall(text), *re.findall(r"`[^`\n]+`", text)])):
        command = typer.main.get_command(cli)
        for word in line.split():
            options = {
                option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
            }
            inner = getattr(command, "commands", None)
            if inner is not None and word in inner:
                command = inner[word]
            elif (inner is not None and word != "…") or (word.startswith("--") and word not in options):
                yield f"{line.strip()}: {word}"
                break


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_that_documents_name_exist(path: Path) -> None:
    assert list(unknown_words(path.read_text(encoding="utf-8"))) == []


def test_an_unknown_command_would_be_seen() -> None:
    text = (
        "`chengtuan staff sack lin`\n```\nA=1 .venv/bin/chengtuan serve --port 1 --prot 2\nmake x | chengtuan up\n```"
    )
    assert [found.rpartition(" ")[2] for found in unknown_words(text)] == ["--prot", "sack"]


def missing_files(path: Path, text: str, files: list[str]) -> list[str]:
    """Files that spans name and that are not there; `domain/hold.py` may be any module's."""
    named = [name for name in _SPAN.findall(text) if _FILE.fullmatch(name) and not name.startswith(_MADE_LATER)]
    return [
        name
        for name in named
        if not (path.parent / name).exists() and not any(f"/{file}".endswith(f"/{name}") for file in files)
    ]


def test_files_that_documents_name_exist() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    files = listed.stdout.splitlines()
    for path in documents():
        assert missing_files(path, path.read_text(encoding="utf-8"), files) == [], path.name
    text = "`trade/states.py` `tests/conftest.py` `src/nothing.py` `platform/unknown`"
    assert missing_files(ROOT / "x.md", text, files) == ["src/nothing.py"]


def words_on_screen() -> list[str]:
    """All English texts of shop, console and desk."""

    def leaves(tree: object) -> Iterator[str]:
        if isinstance(tree, dict):
            for branch in tree.values():
                yield from leaves(branch)
        else:
            yield str(tree)

    clients = ROOT / "clients"
    catalogues = [*clients.glob("*/src/**/locales/en.json"), *clients.glob("console/src/sections/*/title.json")]
    texts = [text for path in catalogues for text in leaves(json.loads(path.read_text(encoding="utf-8")))]
    return [*texts, *(texts_of["en"] for texts_of in catalogue().values())]


def not_on_screen(words: list[str], screen: list[str]) -> list[str]:
    """`**Me → Sign in**` is two words; a number may stand for a `{n}`."""
    single = [word for chain in words for word in re.split(r"\s*→\s*", " ".join(chain.split()))]
    patterns = [re.sub(r"\\\{\w+\\\}", r"\\d+", re.escape(text)) for text in screen]
    return [word for word in single if not any(re.fullmatch(pattern, word) for pattern in patterns)]


def test_buttons_that_documents_name_are_on_the_screen() -> None:
    screen = words_on_screen()
    for path in (ROOT / "docs" / "tutorial").glob("*.md"):
        assert not_on_screen(_BOLD.findall(path.read_text(encoding="utf-8")), screen) == [], path.name
    for path in (ROOT / "docs" / "how-to").glob("*.md"):
        assert not_on_screen(_PRESSED.findall(path.read_text(encoding="utf-8")), screen) == [], path.name
    assert not_on_screen(["Me → Sign in", "Get code", "Group of 5"], screen) == ["Get code"]


def test_pictures_are_small() -> None:
    pictures = list((ROOT / "docs" / "images").iterdir())
    assert pictures
    assert [path.name for path in pictures if path.stat().st_size > _MOST_BYTES] == []
