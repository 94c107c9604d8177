"""Problems: each is documented where it can happen, under a code of its own."""

import json
from collections import Counter
from typing import Any

from chengtuan.kernel.problems import Problem
from tests.support.world import World

INTERNAL = {
    "accounts/login-taken",
    "accounts/roles-do-not-fit",
    "accounts/staff-not-found",
    "accounts/weak-password",
    "payments/allowances-differ",
    "payments/payment-not-open",
    "payments/refund-not-abnormal",
    "payments/refund-not-found",
    "payments/refund-too-large",
}
"""Answers from one module to another, which the caller turns into a problem of its own where a client can see it, or
which `chengtuan staff` shows on the command line."""

PROVIDERS_CODE = "FAIL"
"""What the payment provider wants to read when its callback is refused."""


def _ours() -> dict[str, type[Problem]]:
    return {code: kind for code, kind in Problem.all_kinds().items() if kind.__module__.startswith("chengtuan.")}


def _documented(openapi: dict[str, Any]) -> set[str]:
    """Codes that some operation of the API may answer with."""
    schemas = openapi["components"]["schemas"]
    text = json.dumps(openapi["paths"])
    return {
        schema["properties"]["code"]["const"]
        for name, schema in schemas.items()
        if "const" in schema.get("properties", {}).get("code", {}) and f"#/components/schemas/{name}" in text
    }


async def test_every_problem_is_documented_on_a_route(world: World) -> None:
    documented = _documented(world.api.openapi())
    missing = {code for code in _ours() if not code.startswith("platform/")} - documented
    assert missing - INTERNAL == set()
    assert documented - {PROVIDERS_CODE} <= set(_ours()), "a documented code that nobody raises"


async def test_codes_are_unique_and_say_whose_they_are(world: World) -> None:
    for code, kind in _ours().items():
        owner = kind.__module__.split(".")[2] if ".modules." in kind.__module__ else "platform"
        assert code.partition("/")[0] == owner, kind
        assert 400 <= kind.status <= 599
        assert kind.title
        assert code == code.lower()
    assert max(Counter(kind.title for kind in _ours().values() if kind.status != 404).values()) <= 2


async def test_operation_ids_are_unique_and_every_error_is_a_problem_document(world: World) -> None:
    openapi = world.api.openapi()
    ids = Counter(one["operationId"] for methods in openapi["paths"].values() for one in methods.values())
    assert [name for name, count in ids.items() if count > 1] == []
    for path, methods in openapi["paths"].items():
        for one in methods.values():
            for status, answer in one["responses"].items():
                if status[0] in "45":
                    assert set(answer["content"]) == {"application/problem+json"}, (path, status)


async def test_what_the_framework_answers_by_itself_is_a_problem_document_too(world: World) -> None:
    cases = [
        ("GET", "/api/v1/nowhere", 404, "platform/not-found"),
        ("PATCH", "/api/v1/trade/listings", 405, "platform/method-not-allowed"),
        ("GET", "/media/nothing.webp", 404, "platform/not-found"),
        ("GET", "/media/../../etc/passwd", 404, "platform/not-found"),
        ("GET", "/media/%2e%2e/%2e%2e/etc/passwd", 404, "platform/not-found"),
    ]
    for method, path, status, code in cases:
        answer = await world.client.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (status, code), path
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["request_id"]
