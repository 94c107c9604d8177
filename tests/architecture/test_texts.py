"""Every problem that a client can meet has words in its three catalogues, or is known to need none.

And nobody reads a word that docs/words.md says is not the language's.
"""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from chengtuan.apps.reference.api_pages import operations
from chengtuan.apps.reference.description import unconnected_product
from chengtuan.gateways.sandbox.sms_inbox import SMS_TEXTS
from chengtuan.kernel.problems import Problem
from chengtuan.modules.payments.rules.wording import REFUND_WORDS

CLIENTS = Path(__file__).parents[2] / "clients"
LANGUAGES = ("zh-Hant", "zh-Hans", "en")
GENERIC = {
    "platform/method-not-allowed": "only a client of another version could meet it",
    "platform/unsupported-media-type": "same",
    "platform/unknown": "says no more than the general sentence",
}
"""Problems that the general sentence (`problem.generic`) is good enough for, in both clients."""
NOT_SHOWN: dict[str, dict[str, str]] = {
    "shop": {
        "merchants/merchant-not-found": "the shop never asks for a merchant; its name comes with the product",
        "messaging/unknown-template": "the ids come from the server; asking for consent fails quietly",
    },
    "console": {},
}
ANY_REQUEST = {
    "platform/invalid-request",
    "platform/not-found",
    "platform/not-signed-in",
    "platform/not-allowed",
    "platform/overloaded",
    "platform/processes-disagree",
    "platform/too-large",
    "platform/too-many-requests",
    "platform/too-slow",
    "platform/unavailable",
}


def is_console(path: str) -> bool:
    return "/console/" in path or "/staff/" in path


def codes_of(client: str) -> set[str]:
    """What the routes of this client declare, and what any request can meet."""
    declared = {
        code
        for operation in operations(unconnected_product())
        if is_console(operation.path) == (client == "console") and "/callbacks/" not in operation.path
        for code in operation.problems
    }
    return (declared | ANY_REQUEST) - GENERIC.keys() - NOT_SHOWN[client].keys()


def catalogue(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def problems_of(client: str, language: str) -> dict[str, Any]:
    """What all catalogues of a client say of problems: the shop's one, the console's shared one and its sections'."""
    problems: dict[str, Any] = {}
    for path in sorted((CLIENTS / client / "src").glob(f"**/locales/{language}.json")):
        problems |= catalogue(path).get("problem", {})
    return problems


def worded(problems: dict[str, Any]) -> set[str]:
    """The codes of a catalogue: flat in the console, nested by module in the shop."""
    codes = {key for key, text in problems.items() if "/" in key and text}
    for module, texts in problems.items():
        if isinstance(texts, dict):
            codes |= {f"{module}/{name}" for name, text in texts.items() if text}
    return codes


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("client", ["shop", "console"])
def test_every_problem_of_a_client_has_words(client: str, language: str) -> None:
    problems = problems_of(client, language)
    assert problems["generic"]
    assert sorted(codes_of(client) - worded(problems)) == []


CALL = re.compile(r"http\.(GET|POST|PUT|PATCH|DELETE)\(\s*'([^']+)'")
SECTIONS = CLIENTS / "console" / "src" / "sections"


def unworded(calls: str, texts: Iterable[Path]) -> list[str]:
    """What the routes that a section calls may answer, without words in the catalogues that are loaded with it."""
    problems = {(each.method.upper(), each.path): each.problems for each in operations(unconnected_product())}
    met = {code for method, path in CALL.findall(calls) for code in problems[method, path]}
    words = {code for path in texts for code in worded(catalogue(path).get("problem", {}))}
    return sorted(met - words - GENERIC.keys())


@pytest.mark.parametrize("section", sorted(path.parent.name for path in SECTIONS.glob("*/api.ts")))
def test_a_section_of_the_console_has_words_for_what_its_calls_meet(section: str) -> None:
    shared = CLIENTS / "console" / "src" / "locales" / "en.json"
    calls = (SECTIONS / section / "api.ts").read_text(encoding="utf-8")
    assert CALL.search(calls)
    assert unworded(calls, [shared, SECTIONS / section / "locales" / "en.json"]) == []
    assert unworded(calls, []) != []


@pytest.mark.parametrize("client", ["shop", "console"])
def test_no_words_for_problems_that_do_not_exist(client: str) -> None:
    known = Problem.all_kinds().keys()
    worded_codes = {code for code in worded(problems_of(client, "zh-Hant")) if not code.startswith("client/")}
    assert sorted(worded_codes - known) == []


def test_a_missing_text_would_be_seen() -> None:
    problems = problems_of("console", "en")
    del problems["accounts/wrong-password"]
    assert "accounts/wrong-password" in codes_of("console") - worded(problems)


ROOT = CLIENTS.parent
WORDS = ROOT / "docs" / "words.md"
PRODUCT_NAMES = ("微信支付",)
"""Names of things; they are what they are in every language."""


@cache
def forbidden() -> list[tuple[str, str]]:
    """Language and word, from the page's table."""
    rows = WORDS.read_text(encoding="utf-8").partition("## Never")[2]
    return re.findall(rf"^\| ({'|'.join(LANGUAGES)}) \| (.+?) \| ", rows, re.MULTILINE)


def texts(node: Any, language: str | None, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Language, place and text of everything in a document that people read in a language."""
    if isinstance(node, str) and language:
        yield language, path, node
    elif isinstance(node, list):
        for position, item in enumerate(node):
            yield from texts(item, language, f"{path}[{position}]")
    elif isinstance(node, dict):
        for key, item in node.items():
            yield from texts(item, key if key in LANGUAGES else language, f"{path}.{key}")


def documents_for_people() -> list[tuple[Path, str | None]]:
    """Each with its language, or None where each text says its own."""
    catalogues = [(path, path.stem) for path in CLIENTS.glob("*/src/**/locales/*.json")]
    titles = [(path, None) for path in sorted(CLIENTS.glob("console/src/sections/*/title.json"))]
    demo = [(path, None) for path in sorted((ROOT / "demo" / "catalogue").rglob("*.json"))]
    server = [(path, None) for path in sorted((ROOT / "src").rglob("wording.json"))]
    return [*catalogues, *titles, *demo, *server]


def unnatural(language: str, text: str) -> list[str]:
    for name in PRODUCT_NAMES:
        text = text.replace(name, "")
    return [word for in_language, word in forbidden() if in_language == language and word.lower() in text.lower()]


def texts_in_code() -> list[tuple[str, str, str]]:
    """What the server itself says in words: to WeChat about refunds, and in the sandbox's text messages."""
    refunds = [("zh-Hans", f"payments/rules/wording.py {reason}", text) for reason, text in REFUND_WORDS.items()]
    return [*refunds, *((said, f"sms_inbox.py{place}", text) for said, place, text in texts(SMS_TEXTS, None))]


def test_texts_in_code_use_the_words_of_their_language() -> None:
    assert {language for language, _, _ in texts_in_code()} == set(LANGUAGES)
    found = [f"{place}: {word}" for language, place, text in texts_in_code() for word in unnatural(language, text)]
    assert found == []


def test_every_text_uses_the_words_of_its_language() -> None:
    found = [
        f"{path.relative_to(ROOT)} {place}: {word}"
        for path, language in documents_for_people()
        for in_language, place, text in texts(json.loads(path.read_text(encoding="utf-8")), language)
        for word in unnatural(in_language, text)
    ]
    assert found == []


def test_a_word_of_another_region_would_be_seen() -> None:
    assert len(forbidden()) > 30
    assert {path.name for path, _ in documents_for_people()} >= {"zh-Hant.json", "merchants.json", "wording.json"}
    assert unnatural("zh-Hant", "有新消息，請支付") == ["消息", "支付"]
    assert unnatural("zh-Hant", "用微信支付付款") == []
    assert unnatural("zh-Hans", "请登入") == ["登入"]
    assert list(texts({"name": {"zh-Hans": "店家"}}, None)) == [("zh-Hans", ".name.zh-Hans", "店家")]
