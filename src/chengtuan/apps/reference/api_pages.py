"""The pages about HTTP: routes with who may call them, and problems with who answers them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chengtuan.apps.reference.description import Described
from chengtuan.apps.reference.markdown import code, codes, page, paragraph, table
from chengtuan.kernel.problems import PROBLEM_TYPE_PREFIX, Problem
from chengtuan.platform.http.access import api_routes, markers
from chengtuan.platform.permissions import ROLE_PERMISSIONS

_SCHEMA = re.compile(r"#/components/schemas/(\w+)")
_ACCESS = {
    "public": "everybody",
    "shopper": "a signed-in shopper",
}


def _callers(access: str) -> str:
    if access in _ACCESS:
        return _ACCESS[access]
    holders = [role for role, permissions in ROLE_PERMISSIONS.items() if access in permissions]
    return f"{code(access)}: {', '.join(holder.replace('_', ' ') for holder in holders)}"


@dataclass(frozen=True)
class Operation:
    """One route of the public API. `problems` are codes."""

    method: str
    path: str
    name: str
    tag: str
    access: str
    summary: str
    problems: tuple[str, ...]


def operations(product: Described) -> list[Operation]:
    """Every route of the described API, in its order."""
    document = product.api.openapi()
    access = {route.name: markers(route)[0] for route in api_routes(product.api)}
    return [
        Operation(
            method=method.upper(),
            path=path,
            name=route["operationId"],
            tag=route["tags"][0],
            access=access[route["operationId"]],
            summary=paragraph(route.get("description")),
            problems=tuple(sorted(_problem_codes(route, document))),
        )
        for path, methods in document["paths"].items()
        for method, route in methods.items()
    ]


def routes_page(product: Described) -> str:
    found = operations(product)
    parts = []
    for tag in dict.fromkeys(operation.tag for operation in found):
        rows = [
            (f"{o.method} {code(o.path)}", _callers(o.access), o.summary, codes(o.problems))
            for o in found
            if o.tag == tag
        ]
        parts.append(f"## {tag}\n\n{table(('route', 'for', 'what', 'problems'), rows)}")
    return page(
        "Routes",
        "The public API. Bodies and answers are in the OpenAPI document: `/openapi.json`, readable at `/docs`. "
        "Every route may also answer with the problems of `platform/` that any request can meet.",
        *parts,
    )


def problems_page(product: Described) -> str:
    routes: dict[str, list[str]] = {}
    for operation in operations(product):
        for problem in operation.problems:
            routes.setdefault(problem, []).append(operation.name)
    rows = [
        (code(kind.code), str(kind.status), kind.title, _members(kind.members), codes(routes.get(kind.code, ())))
        for kind in Problem.all_kinds().values()
        if kind.__module__.startswith("chengtuan.")
    ]
    return page(
        "Problems",
        "Errors are RFC 9457 documents (`application/problem+json`) with `type`, `title`, `status`, `detail`, `code`, "
        "`instance`, `request_id` and the members below. Clients translate them by `code`. A problem without routes "
        "can meet any request, or travels between modules only.",
        table(("code", "status", "title", "members", "declared by"), rows),
    )


def _members(members: Mapping[str, type]) -> str:
    return codes(f"{name}: {kind.__name__}" for name, kind in members.items())


def _problem_codes(route: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[str]:
    schemas = document["components"]["schemas"]
    for answer in route["responses"].values():
        for name in _SCHEMA.findall(str(answer.get("content", {}))):
            fields = schemas[name].get("properties", {})
            if fields.get("type", {}).get("const", "").startswith(PROBLEM_TYPE_PREFIX):
                yield fields["code"]["const"]
