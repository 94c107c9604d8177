"""Renders problems as RFC 9457 documents and describes them in OpenAPI."""

from collections.abc import Callable, Iterator, Mapping
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
    RangeNotSatisfiable,
    TooLarge,
    Unavailable,
    UnknownProblem,
    UnsupportedMediaType,
)
from chengtuan.platform.http.problem_document import MEDIA_TYPE, retry_after_s
from chengtuan.platform.outages import may_pass

log = structlog.get_logger(__name__)
_SCHEMAS = "#/components/schemas/"


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
    """`responses=` of a route that may answer with these problems.

    By reference: models are made for the description alone, when somebody asks for it.
    """
    return {
        status: _refusal(
            "; ".join(kind.title for kind in kinds if kind.status == status),
            [_problem(kind) for kind in kinds if kind.status == status],
        )
        for status in sorted({kind.status for kind in kinds})
    }


def refusal(description: str, model: type[BaseModel]) -> dict[str, Any]:
    """One entry of `responses=`: a problem document of this shape."""
    return _refusal(description, [_reference(model.__name__, lambda: model)])


def _refusal(description: str, references: list[dict[str, Any]]) -> dict[str, Any]:
    return {"description": description, "content": {MEDIA_TYPE: {"schema": _any_of(references)}}}


_described: dict[str, Callable[[], type[BaseModel]]] = {}
"""The schemas that routes refer to, by name."""


def _reference(name: str, model: Callable[[], type[BaseModel]]) -> dict[str, Any]:
    _described[name] = model
    return {"$ref": _SCHEMAS + name}


def _problem(kind: type[Problem]) -> dict[str, Any]:
    name = f"{kind.__name__}Problem"
    return _reference(name, lambda: _model(name, kind))


def _model(name: str, kind: type[Problem]) -> type[BaseModel]:
    fields: dict[str, Any] = {name: (value, ...) for name, value in kind.members.items()}
    fixed = {"type": PROBLEM_TYPE_PREFIX + kind.code, "status": kind.status, "code": kind.code}
    fields |= {name: (Literal.__getitem__(value), ...) for name, value in fixed.items()}
    return create_model(name, __base__=ProblemDocument, **fields)


def _any_of(schemas: list[dict[str, Any]]) -> dict[str, Any]:
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def problem_response(request: Request, problem: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    body = problem.to_body() | {
        "instance": request.url.path,
        "request_id": getattr(request.state, "request_id", ""),
    }
    after_s = retry_after_s(problem)
    when = {"Retry-After": str(after_s)} if after_s is not None else {}
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
        416: RangeNotSatisfiable,
    }
    if kind := known.get(error.status_code):
        return kind()
    if 400 <= error.status_code < 500:
        return InvalidRequest(errors=[{"path": "", "message": str(error.detail), "code": "bad_request"}])
    return UnknownProblem()


def describe_problems(openapi: dict[str, Any]) -> dict[str, Any]:
    """Make the description say what we answer.

    FastAPI describes an answer of its own for what it refuses; ours is `InvalidRequest`. What routes refer to is added.
    """
    schemas = openapi.setdefault("components", {}).setdefault("schemas", {})
    for path in openapi.get("paths", {}).values():
        for route in path.values():
            if route.get("parameters") or "requestBody" in route:
                _add_invalid_request(route)
            for reference in _references(route.get("responses", {})):
                name = reference.removeprefix(_SCHEMAS)
                if name in _described:
                    schemas[name] = _described[name]().model_json_schema(mode="serialization")
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    openapi["components"]["schemas"] = dict(sorted(schemas.items()))
    return openapi


def _references(responses: dict[str, Any]) -> Iterator[str]:
    for answer in responses.values():
        schema = answer.get("content", {}).get(MEDIA_TYPE, {}).get("schema", {})
        yield from (one["$ref"] for one in schema.get("anyOf", [schema]) if "$ref" in one)


def _add_invalid_request(route: dict[str, Any]) -> None:
    """Whatever has fields may have wrong ones."""
    ours = _problem(InvalidRequest)
    answer = route["responses"].setdefault("422", {"description": InvalidRequest.title})
    content = answer.setdefault("content", {})
    content.pop("application/json", None)  # the framework's own
    media = content.setdefault(MEDIA_TYPE, {})
    schema = media.get("schema", {})
    named = [one for one in schema.get("anyOf", [schema]) if one and one != ours]
    if not named:
        answer["description"] = InvalidRequest.title
    elif InvalidRequest.title not in answer["description"]:
        answer["description"] += f"; {InvalidRequest.title}"
    media["schema"] = _any_of([*named, ours])
