"""Every problem that a client can meet has words in its three catalogues, or is known to need none."""

import json
from pathlib import Path
from typing import Any

import pytest

from chengtuan.apps.reference.api_pages import operations
from chengtuan.apps.reference.description import unconnected_product
from chengtuan.kernel.problems import Problem

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


def catalogue(client: str, language: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        (CLIENTS / client / "src" / "locales" / f"{language}.json").read_text(encoding="utf-8")
    )
    return document


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
    problems = catalogue(client, language)["problem"]
    assert problems["generic"]
    assert sorted(codes_of(client) - worded(problems)) == []


@pytest.mark.parametrize("client", ["shop", "console"])
def test_no_words_for_problems_that_do_not_exist(client: str) -> None:
    known = Problem.all_kinds().keys()
    worded_codes = {code for code in worded(catalogue(client, "zh-Hant")["problem"]) if not code.startswith("client/")}
    assert sorted(worded_codes - known) == []


def test_a_missing_text_would_be_seen() -> None:
    problems = catalogue("console", "en")["problem"]
    del problems["accounts/wrong-password"]
    assert "accounts/wrong-password" in codes_of("console") - worded(problems)
