"""What a request tells beside its body."""

from fastapi import Request

from chengtuan.modules.accounts.domain.languages import language_from


def client_address(request: Request) -> str:
    """The network address that the server saw (behind a proxy: that the server was told to trust)."""
    return request.client.host if request.client else ""


def language_of(request: Request) -> str:
    return language_from(request.headers.get("accept-language", ""))
