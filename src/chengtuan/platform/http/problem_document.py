"""A problem as the bytes that a client gets (RFC 9457)."""

import json

from chengtuan.kernel.problems import Problem

MEDIA_TYPE = "application/problem+json"
_LATER_S = 5
"""When to come again after a 503 that does not know better."""


def problem_document(problem: Problem, instance: str, request_id: str) -> bytes:
    body = problem.to_body() | {"instance": instance, "request_id": request_id}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def retry_after_s(problem: Problem) -> int | None:
    """When to come again, where there is something to wait for."""
    given: int | None = problem.extension.get("retry_after_s")
    return given or (_LATER_S if problem.status == 503 else None)


def problem_headers(problem: Problem, body: bytes) -> list[tuple[bytes, bytes]]:
    """Of an answer with the document."""
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", b"%d" % len(body))]
    after_s = retry_after_s(problem)
    return headers if after_s is None else [*headers, (b"retry-after", b"%d" % after_s)]
