"""What a request tells beside its body."""

from fastapi import Request

from chengtuan.kernel.languages import language_from


def language_of(request: Request) -> str:
    """The language of the device, as it announces it."""
    return language_from(request.headers.get("accept-language", ""))
