"""The bytes of requests."""

import json
from typing import Any


def get(path: str, token: str | None = None) -> bytes:
    return _head("GET", path, token) + b"\r\n"


def post(path: str, body: Any, token: str | None = None, key: str | None = None) -> bytes:
    """`key` is the Idempotency-Key."""
    content = json.dumps(body).encode()
    head = _head("POST", path, token) + b"content-type: application/json\r\n"
    head += f"content-length: {len(content)}\r\n".encode()
    if key is not None:
        head += f"idempotency-key: {key}\r\n".encode()
    return head + b"\r\n" + content


def _head(method: str, path: str, token: str | None) -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n"
    if token is not None:
        head += f"authorization: Bearer {token}\r\n"
    return head.encode()
