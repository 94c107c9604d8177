"""Cookies of the console: secrets that no script can read, and that no other site's page can make a browser use.

Ports share cookies, so an installation has names of its own: two copies on one machine do not sign each other out.
"""

from datetime import timedelta
from enum import StrEnum

from fastapi import Request, Response

from chengtuan.kernel.problems import CrossSite
from chengtuan.platform.crypto import KeyRing

_READ_ONLY = frozenset({"GET", "HEAD", "OPTIONS"})


class Cookie(StrEnum):
    STAFF = "staff"
    """A member of staff's session."""
    DEVICE = "device"
    """That somebody signed in to the console on this device before."""


def installation_mark(keys: KeyRing) -> str:
    """What is in the names of this installation's cookies, in all of its processes."""
    return keys.blind_index("installation", "platform.cookies").hex()[:8]


def read_cookie(request: Request, cookie: Cookie) -> str | None:
    return request.cookies.get(_name(request, cookie)) or None


def keep_cookie(request: Request, response: Response, cookie: Cookie, value: str, *, lasts: timedelta) -> None:
    response.set_cookie(
        _name(request, cookie),
        value,
        max_age=int(lasts.total_seconds()),
        path="/",
        secure=_is_https(request),
        httponly=True,
        samesite="strict",
    )


def drop_cookie(request: Request, response: Response, cookie: Cookie) -> None:
    response.delete_cookie(
        _name(request, cookie), path="/", secure=_is_https(request), httponly=True, samesite="strict"
    )


def refuse_other_sites(request: Request) -> None:
    """For requests that a cookie speaks for. Raises CrossSite where a page of another origin may have sent it.

    Strict cookies stop other sites, not other ports or neighbours of the same domain. Browsers say where a request
    comes from: `Sec-Fetch-Site` over HTTPS and on this machine, `Origin` with whatever changes something.
    """
    if request.method in _READ_ONLY:
        return
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        same = site == "same-origin"
    else:
        same = request.headers.get("origin", "").partition("://")[2] == request.headers.get("host")
    if not same:
        raise CrossSite


def _name(request: Request, cookie: Cookie) -> str:
    mark: str = getattr(request.app.state, "installation_mark", "")
    return f"chengtuan_{cookie}_{mark}"


def _is_https(request: Request) -> bool:
    """The forwarded scheme may be anybody's word: it can only make the asker's own cookie stricter."""
    return "https" in (request.url.scheme, request.headers.get("x-forwarded-proto"))
