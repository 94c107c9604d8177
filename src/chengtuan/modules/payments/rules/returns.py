"""Where a payment may lead back to: to the shop, and nowhere else.

The cashier sends whoever paid on to the address that the request named, also people to whom somebody else passed the
cashier's link; an address of any host would be a phisher's.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}
_THIS_MACHINE = ("127.0.0.1", "localhost")


def origins_of(*urls: str) -> frozenset[str]:
    """The origins of these addresses; one on this machine has two names. Raises ValueError for what is no address."""
    found = set()
    for url in urls:
        origin = _origin(url)
        if origin is None:
            raise ValueError(f"{url!r} is no http address")
        scheme, host, port = origin
        found |= {f"{scheme}://{name}:{port}" for name in (_THIS_MACHINE if host in _THIS_MACHINE else (host,))}
    return frozenset(found)


def leads_home(url: str, origins: Iterable[str]) -> bool:
    """Whether browsers read this as an address of one of these origins."""
    if "\\" in url or any(sign <= " " for sign in url):
        return False  # browsers repair these, each in its own way
    origin = _origin(url)
    return origin is not None and "{}://{}:{}".format(*origin) in origins


def _origin(url: str) -> tuple[str, str, int] | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None:
        return None
    return parts.scheme, parts.hostname, port or _PORTS[parts.scheme]
