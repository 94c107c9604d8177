"""Renders problems as RFC 9457 documents and describes them in OpenAPI."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

import psycopg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, create_model
from starlette.exceptions import HTTPException
from starlette.routing import Match, Mount

from chengtuan.kernel.problems import (
    PROBLEM_TYPE_PREFIX,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    Overloaded,
    Problem,
    TooLarge,
    Unavailable,
    UnknownProblem,
    UnsupportedMediaType,
)
from chengtuan.platform.outages import may_pass

log = structlog.get_logger(__name__)
MEDIA_TYPE = "application/problem+json"
_LATER_S = 5
"""When to come again after a 503 that does not know better."""


class ProblemDocument(BaseModel):
    """RFC 9457 problem details; `code` is what clients translate."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str
    request_id: str


def problems(*kinds: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """`responses=` of a route that may answer with these problems."""
    return {
        status: {
            "description": "; ".join(kind.title for kind in kinds if kind.status == status),
            "model": _union([_model(kind) for kind in kinds if kind.status == status]),  # type: ignore[arg-type]
        }
        for status in sorted({kind.status for kind in kinds})
    }


@cache
def _model(kind: type[Problem]) -> type[BaseModel]:
    fields: dict[str, Any] = {name: (value, ...) for name, value in kind.members.items()}
    fixed = {"type": PROBLEM_TYPE_PREFIX + kind.code, "status": kind.status, "code": kind.code}
    fields |= {name: (Literal.__getitem__(value), ...) for name, value in fixed.items()}
    return create_model(f"{kind.__name__}Problem", __base__=ProblemDocument, **fields)


def _union(models: list[type[BaseModel]]) -> Any:
    union: Any = models[0]
    for model in models[1:]:
        union = union | model
    return union


def problem_response(request: Request, problem: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    body = problem.to_body() | {
        "instance": request.url.path,
        "request_id": getattr(request.state, "request_id", ""),
    }
    retry_after = problem.extension.get("retry_after_s") or (_LATER_S if problem.status == 503 else None)
    when = {"Retry-After": str(retry_after)} if retry_after else {}
    return JSONResponse(body, status_code=problem.status, media_type=MEDIA_TYPE, headers={**when, **(headers or {})})


def install_problem_handlers(app: FastAPI) -> None:
    """Every error leaves the process as a problem document, and no stack trace leaves the log."""

    async def on_problem(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Problem)
        return problem_response(request, error)

    async def on_invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        # the rejected input itself is not repeated: it may hold personal data
        errors = [
            {"path": ".".join(str(part) for part in e["loc"][1:]), "message": e["msg"], "code": e["type"]}
            for e in error.errors()
        ]
        return problem_response(request, InvalidRequest(errors=errors))

    async def on_http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        headers = {"Allow": _allowed(request)} if error.status_code == 405 else error.headers
        return problem_response(request, _from_status(error), headers)

    async def on_outage(request: Request, error: Exception) -> JSONResponse:
        """In an outage or a collision nothing is half done, and the same request may be repeated."""
        if not may_pass(error):
            return await on_crash(request, error)
        log.warning("outage", path=request.url.path, error=repr(error))
        busy = isinstance(error, psycopg.errors.LockNotAvailable)
        return problem_response(request, Overloaded(retry_after_s=1) if busy else Unavailable(retry_after_s=2))

    async def on_crash(request: Request, error: Exception) -> JSONResponse:
        log.error("request_crashed", path=request.url.path, exc_info=error)
        return problem_response(request, UnknownProblem())

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(psycopg.Error, on_outage)
    app.add_exception_handler(OSError, on_outage)
    app.add_exception_handler(Exception, on_crash)


def _allowed(request: Request) -> str:
    """What may be asked of this address. Each route knows its own method only, and is asked for each."""
    routes = [route for route in request.app.router.routes if not isinstance(route, Mount)]
    allowed = [
        method
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes)
    ]
    return ", ".join(allowed or ["GET", "HEAD"])


def _from_status(error: HTTPException) -> Problem:
    known: dict[int, type[Problem]] = {
        404: NotFound,
        405: MethodNotAllowed,
        413: TooLarge,
        415: UnsupportedMediaType,
    }
    if kind := known.get(error.status_code):
        return kind()
    if 400 <= error.status_code < 500:
        return InvalidRequest(errors=[{"path": "", "message": str(error.detail), "code": "bad_request"}])
    return UnknownProblem()


def describe_problems(openapi: dict[str, Any]) -> dict[str, Any]:
    """Make the description say what we answer.

    FastAPI files error schemas under application/json, and describes an answer of its own for what it refuses:
    ours are application/problem+json, and what is refused so is `InvalidRequest`.
    """
    schemas = openapi.setdefault("components", {}).setdefault("schemas", {})
    for path in openapi.get("paths", {}).values():
        for route in path.values():
            for status, answer in route.get("responses", {}).items():
                content = answer.get("content", {})
                if str(status)[0] in "45" and "application/json" in content:
                    content[MEDIA_TYPE] = content.pop("application/json")
            if route.get("parameters") or "requestBody" in route:
                _add_invalid_request(route)
                schemas[_INVALID_REQUEST.__name__] = _INVALID_REQUEST.model_json_schema(mode="serialization")
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    openapi["components"]["schemas"] = dict(sorted(schemas.items()))
    return openapi


_INVALID_REQUEST = _model(InvalidRequest)


def _add_invalid_request(route: dict[str, Any]) -> None:
    """Whatever has fields may have wrong ones."""
    ours = {"$ref": f"#/components/schemas/{_INVALID_REQUEST.__name__}"}
    answer = route["responses"].setdefault("422", {"description": InvalidRequest.title})
    media = answer.setdefault("content", {}).setdefault(MEDIA_TYPE, {})
    schema = media.get("schema", {})
    named = [one for one in schema.get("anyOf", [schema]) if one and one != ours]
    named = [one for one in named if not one.get("$ref", "").endswith("/HTTPValidationError")]
    if not named:
        answer["description"] = InvalidRequest.title
    elif InvalidRequest.title not in answer["description"]:
        answer["description"] += f"; {InvalidRequest.title}"
    media["schema"] = {"anyOf": [*named, ours]} if named else ours
