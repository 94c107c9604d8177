"""A problem as the bytes that a client gets (RFC 9457)."""

import json

from chengtuan.kernel.problems import Problem


def problem_document(problem: Problem, instance: str, request_id: str) -> bytes:
    body = problem.to_body() | {"instance": instance, "request_id": request_id}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
