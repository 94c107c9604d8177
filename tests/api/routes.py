"""The application's routes as data: who may call them, and what their description says."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

ACCESS = frozenset({"public", "shopper", "staff", "platform", "internal"})


@dataclass(frozen=True)
class Operation:
    """A documented route. `access` is its marker, `body` the schema of its request body or None."""

    id: str
    method: str
    path: str
    access: str
    body: dict[str, Any] | None


def api_routes(app: FastAPI) -> Iterator[RouteContext]:
    """All of the framework's routes as they are served, those of routers inside routers included."""
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute):
            yield context


def markers(route: RouteContext) -> list[str]:
    """The access markers in the tree of a route's dependencies, its own endpoint included."""

    def walk(dependant: Dependant) -> Iterator[str]:
        marker = getattr(dependant.call, "__access__", None)
        if marker is not None:
            yield marker
        for inner in dependant.dependencies:
            yield from walk(inner)

    return list(walk(route.dependant))


def operations(app: FastAPI) -> list[Operation]:
    """Every documented operation with its access."""
    access = {route.name: (markers(route) or [""])[0] for route in api_routes(app)}
    return [
        Operation(one["operationId"], method.upper(), path, access[one["operationId"]], one.get("requestBody"))
        for path, methods in app.openapi()["paths"].items()
        for method, one in methods.items()
    ]
