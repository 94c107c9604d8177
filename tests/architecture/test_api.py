"""The description of the API is valid and complete: access, words, problems, for every route."""

from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from chengtuan.apps.reference.api_pages import Operation, operations
from chengtuan.apps.reference.description import unconnected_product
from chengtuan.kernel.problems import Problem
from chengtuan.platform.permissions import Permission

ACCESS = {"public", "shopper", *Permission}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return unconnected_product().api.openapi()


@pytest.fixture(scope="module")
def found() -> list[Operation]:
    return operations(unconnected_product())


def test_the_description_is_valid(document: dict[str, Any]) -> None:
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_an_invalid_description_is_refused(document: dict[str, Any]) -> None:
    broken = {**document, "paths": {**document["paths"], "/x": {"get": {"responses": {"200": {}}}}}}
    assert list(OpenAPIV31SpecValidator(broken).iter_errors())


def test_every_route_says_who_may_call_it_and_what_it_does(found: list[Operation]) -> None:
    assert len(found) > 50
    assert [o.name for o in found if o.access not in ACCESS or not o.summary] == []


def test_console_routes_are_for_staff_and_others_are_not(found: list[Operation]) -> None:
    """Signing in to the console is public, of course."""
    for operation in found:
        own_session = "/staff/" in operation.path and operation.path.endswith(("/me", "/current", "/me/password"))
        for_staff = operation.access in set(Permission)
        of_the_operator = operation.path.startswith("/api/v1/background")
        assert for_staff == ("/console/" in operation.path or own_session or of_the_operator), operation


def test_who_must_be_signed_in_is_told_so(found: list[Operation]) -> None:
    closed = [o for o in found if o.access != "public"]
    assert [o.name for o in closed if "platform/not-signed-in" not in o.problems] == []


def test_operations_and_addresses_are_unambiguous(found: list[Operation]) -> None:
    names = [operation.name for operation in found]
    assert sorted(names) == sorted(set(names))
    assert all(operation.path.startswith("/api/v1/") for operation in found)


def test_declared_problems_exist(found: list[Operation]) -> None:
    known = Problem.all_kinds().keys()
    assert [(o.name, code) for o in found for code in o.problems if code not in known] == []


SAYS_WHAT_ANOTHER_BODY_DOES = {"pay_order", "create_console_product"}
"""Its key makes no difference, or finds what it made whatever it is sent with."""


def test_a_key_that_is_used_again_for_something_else_is_refused_or_it_is_said_what_happens(
    document: dict[str, Any], found: list[Operation]
) -> None:
    problems = {operation.name: operation.problems for operation in found}
    keyed = {
        route["operationId"]: route["description"]
        for methods in document["paths"].values()
        for route in methods.values()
        if "requestBody" in route and "Idempotency-Key" in [given["name"] for given in route.get("parameters", ())]
    }
    silent = {name for name in keyed if "trade/idempotency-conflict" not in problems[name]}
    assert silent == SAYS_WHAT_ANOTHER_BODY_DOES
    assert all("key" in keyed[name].lower() for name in silent)


def test_problems_are_described_as_problem_json(document: dict[str, Any]) -> None:
    for methods in document["paths"].values():
        for route in methods.values():
            for status, answer in route["responses"].items():
                if status[0] in "45":
                    assert set(answer.get("content", {})) <= {"application/problem+json"}, route["operationId"]


def test_money_is_described_as_whole_fen(document: dict[str, Any]) -> None:
    amounts = {
        f"{name}.{field}": {part.get("type") for part in (kind, *kind.get("anyOf", ()), kind.get("items", {}))}
        for name, schema in document["components"]["schemas"].items()
        for field, kind in schema.get("properties", {}).items()
        if field.endswith("_fen")
    }
    assert len(amounts) > 20
    assert [name for name, types in amounts.items() if "integer" not in types or "number" in types] == []


UNVERSIONED = {
    "change_me": "it names only the fields that its owner has just typed; nothing else of the document is replaced",
}
"""Changes of a document that do not say which version they replace, and why that undoes nobody's work."""


def unversioned(document: dict[str, Any]) -> list[str]:
    """Every PUT and PATCH whose required fields do not name what is replaced: a version, or a number expected."""
    schemas = document["components"]["schemas"]
    found = []
    for methods in document["paths"].values():
        for method in methods.keys() & {"put", "patch"}:
            body = methods[method]["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            if not {"version", "expected"} & set(schemas[body].get("required", ())):
                found.append(methods[method]["operationId"])
    return found


def test_a_change_of_a_document_names_the_version_it_replaces(document: dict[str, Any]) -> None:
    assert sorted(unversioned(document)) == sorted(UNVERSIONED)


def test_a_new_route_without_a_version_is_seen(document: dict[str, Any]) -> None:
    blind = {"operationId": "overwrite", "requestBody": {"content": {"application/json": {"schema": {"$ref": "/X"}}}}}
    schemas = {**document["components"]["schemas"], "X": {"properties": {"version": {}}, "required": ["name"]}}
    new = {"paths": {**document["paths"], "/x": {"put": blind}}, "components": {"schemas": schemas}}
    assert "overwrite" in unversioned(new)


def test_instants_are_described_as_such(document: dict[str, Any]) -> None:
    instants = {
        f"{name}.{field}": {part.get("format") for part in (kind, *kind.get("anyOf", ()))}
        for name, schema in document["components"]["schemas"].items()
        for field, kind in schema.get("properties", {}).items()
        if field.endswith("_at") or field in {"now", "deadline", "pay_before"}
    }
    assert len(instants) > 20
    assert [name for name, formats in instants.items() if "date-time" not in formats] == []
