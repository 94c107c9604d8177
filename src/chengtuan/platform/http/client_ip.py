"""Where a request comes from."""

from fastapi import Request


def client_ip(request: Request) -> str:
    """The address of whoever asks, as the outermost layer found it (`TrustedProxies`)."""
    return request.client.host if request.client else "127.0.0.1"
