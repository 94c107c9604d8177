"""Who may call a route. Every route depends on exactly one of these; a test walks all routes.

* `PUBLIC`: anybody. * `CurrentShopper`: a signed-in shopper. * `CurrentStaff`: console staff of a merchant
or of the platform. Whether the *object* is theirs is checked by the use case, in SQL.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Protocol
from uuid import UUID

from fastapi import Depends, Request

from chengtuan.kernel.editors import Editor
from chengtuan.kernel.problems import NotAllowed, NotSignedIn

PLATFORM_ADMIN = "platform_admin"


@dataclass(frozen=True, slots=True)
class Shopper:
    """The signed-in shopper who makes the request."""

    user_id: UUID


@dataclass(frozen=True, slots=True)
class Staff:
    """The signed-in member of staff. `merchant_id` is None for the platform's own staff."""

    staff_id: UUID
    merchant_id: UUID | None
    roles: frozenset[str]
    name: str = ""

    @property
    def is_platform(self) -> bool:
        return PLATFORM_ADMIN in self.roles

    @property
    def editor(self) -> Editor:
        """As whom a change is remembered."""
        return Editor(self.staff_id, self.name)

    def own_merchant(self) -> UUID:
        """The merchant this person works for. Raises NotAllowed for the platform's staff."""
        if self.merchant_id is None:
            raise NotAllowed("only a merchant's staff may do that")
        return self.merchant_id


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


@marked("staff")
async def _staff(request: Request) -> Staff:
    authenticator: Authenticator = request.app.state.authenticator
    staff = await authenticator.staff(bearer_token(request))
    if staff is None:
        raise NotSignedIn
    return staff


@marked("platform")
async def _platform_staff(request: Request) -> Staff:
    staff: Staff = await _staff(request)
    if not staff.is_platform:
        raise NotAllowed
    return staff


PUBLIC = Depends(_public)
CurrentShopper = Annotated[Shopper, Depends(_shopper)]
CurrentStaff = Annotated[Staff, Depends(_staff)]
PlatformStaff = Annotated[Staff, Depends(_platform_staff)]
