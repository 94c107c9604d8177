"""Who may call a route. Every route depends on exactly one of these; a process refuses to start otherwise.

* `PUBLIC`: anybody. * `CurrentShopper`: a signed-in shopper. * `Annotated[Staff, may(Permission.…)]`: a member
of staff who has this permission. Whose *objects* they reach is their scope, applied by the use case, in SQL.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Protocol
from uuid import UUID

from fastapi import Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from chengtuan.kernel.editors import Editor
from chengtuan.kernel.problems import NotAllowed, NotSignedIn
from chengtuan.platform.http.cookies import Cookie, read_cookie, refuse_other_sites
from chengtuan.platform.permissions import OneMerchant, Permission, Scope, scope_of, usable_permissions


@dataclass(frozen=True, slots=True)
class Shopper:
    """The signed-in shopper who makes the request.

    `user_id` is whose whatever comes into being now will be. `ids` are all accounts of the person, for whose is what
    is there: others may have been united into this one, and what was theirs keeps their ids.
    """

    user_id: UUID
    absorbed: frozenset[UUID] = frozenset()

    @property
    def ids(self) -> frozenset[UUID]:
        return self.absorbed | {self.user_id}


@dataclass(frozen=True, slots=True)
class Staff:
    """The signed-in member of staff: what they may do, and to whose data."""

    staff_id: UUID
    scope: Scope
    permissions: frozenset[Permission]
    name: str = ""

    @staticmethod
    def of(
        staff_id: UUID,
        merchant_id: UUID | None,
        roles: list[str],
        name: str = "",
        *,
        must_change_password: bool = False,
    ) -> "Staff | None":
        """None for an account that reaches nobody's data."""
        scope = scope_of(roles, merchant_id)
        if scope is None:
            return None
        return Staff(staff_id, scope, usable_permissions(roles, must_change_password=must_change_password), name)

    @property
    def editor(self) -> Editor:
        """As whom a change is remembered."""
        return Editor(self.staff_id, self.name)

    def own_merchant(self) -> UUID:
        """The merchant this person works for. Raises NotAllowed for the platform's staff."""
        if not isinstance(self.scope, OneMerchant):
            raise NotAllowed("only a merchant's staff may do that")
        return self.scope.merchant_id


class Authenticator(Protocol):
    """Turns a bearer token into a person; None if the session is unknown or over."""

    async def shopper(self, token: str) -> Shopper | None: ...

    async def staff(self, token: str) -> Staff | None: ...


def marked(access: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Say who may call: on a dependency of routes, or on a route that checks its caller by itself."""

    def mark(dependency: Callable[..., Any]) -> Callable[..., Any]:
        setattr(dependency, "__access__", access)  # noqa: B010  (mypy knows no such attribute)
        return dependency

    return mark


def _token(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token else None


def bearer_token(request: Request) -> str:
    """The request's own token, for signing out. Raises NotSignedIn."""
    token = _token(request)
    if token is None:
        raise NotSignedIn
    return token


def staff_token(request: Request) -> str:
    """The bearer token of a member of staff, or the console's cookie. Raises NotSignedIn, CrossSite."""
    if "authorization" in request.headers:
        return bearer_token(request)
    token = read_cookie(request, Cookie.STAFF)
    if token is None:
        raise NotSignedIn
    refuse_other_sites(request)
    return token


@marked("public")
async def _public() -> None:
    return None


@marked("shopper")
async def _shopper(request: Request) -> Shopper:
    authenticator: Authenticator = request.app.state.authenticator
    shopper = await authenticator.shopper(bearer_token(request))
    if shopper is None:
        raise NotSignedIn
    return shopper


async def _signed_in_staff(request: Request) -> Staff:
    authenticator: Authenticator = request.app.state.authenticator
    staff = await authenticator.staff(staff_token(request))
    if staff is None:
        raise NotSignedIn
    return staff


@cache
def may(permission: Permission) -> Any:
    """The dependency of a route for staff: `staff: Annotated[Staff, may(Permission.ORDERS_READ)]`."""

    @marked(permission)
    async def permitted(request: Request) -> Staff:
        staff = await _signed_in_staff(request)
        if permission not in staff.permissions:
            raise NotAllowed
        return staff

    return Depends(permitted)


PUBLIC = Depends(_public)
CurrentShopper = Annotated[Shopper, Depends(_shopper)]


def api_routes(app: FastAPI) -> Iterator[RouteContext]:
    """All of the framework's routes as they are served, those of routers inside routers included."""
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute):
            yield context


def markers(route: RouteContext) -> list[str]:
    """The access markers in the tree of a route's dependencies, its own endpoint included.

    `public`, `shopper`, `internal`, or the Permission that staff need.
    """

    def walk(dependant: Dependant) -> Iterator[str]:
        marker = getattr(dependant.call, "__access__", None)
        if marker is not None:
            yield marker
        for inner in dependant.dependencies:
            yield from walk(inner)

    return list(walk(route.dependant))


def refuse_unmarked_routes(app: FastAPI) -> None:
    """Nothing is served whose callers nobody decided about. Raises TypeError."""
    unmarked = [f"{route.path} {markers(route)}" for route in api_routes(app) if len(markers(route)) != 1]
    if unmarked:
        raise TypeError(f"routes without exactly one access marker: {unmarked}")
