"""The application's routes as data: who may call them, and what their description says."""

from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from chengtuan.platform.http.access import api_routes, markers
from chengtuan.platform.permissions import ROLE_PERMISSIONS, Permission, Role


@dataclass(frozen=True)
class Operation:
    """A documented route. `body` is the schema of its request body or None, `query` those of its parameters by name.

    `access` is `public`, `shopper`, `staff` where a merchant's owner is let in, or `platform` where only others are.
    """

    id: str
    method: str
    path: str
    access: str
    permission: Permission | None
    body: dict[str, Any] | None
    query: dict[str, dict[str, Any]]


def _access(marker: str) -> str:
    if marker not in set(Permission):
        return marker
    return "staff" if marker in ROLE_PERMISSIONS[Role.MERCHANT_OWNER] else "platform"


def operations(app: FastAPI) -> list[Operation]:
    """Every documented operation with its access."""
    marked = {route.name: markers(route)[0] for route in api_routes(app)}
    return [
        Operation(
            id=one["operationId"],
            method=method.upper(),
            path=path,
            access=_access(marked[one["operationId"]]),
            permission=next((p for p in Permission if p == marked[one["operationId"]]), None),
            body=one.get("requestBody"),
            query={each["name"]: each["schema"] for each in one.get("parameters", []) if each["in"] == "query"},
        )
        for path, methods in app.openapi()["paths"].items()
        for method, one in methods.items()
    ]
