"""Where a request comes from, behind our own proxy or without one."""

from fastapi import Request

_TRUSTED = frozenset({"127.0.0.1", "::1"})


def client_ip(request: Request) -> str:
    """The peer's address; the forwarded one only if our own proxy on this machine says so."""
    peer = request.client.host if request.client else "127.0.0.1"
    forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return forwarded[:45] if peer in _TRUSTED and forwarded else peer
