"""Serves the busiest routes by their own endpoints, past the framework's machinery.

The framework asks route after route, wraps each request in a dozen layers and resolves a tree of dependencies: for an
order that is twice the work of taking it. A route that is marked `@direct` is declared like every other, and described
and checked by the framework; but a request that is plainly for it, and plainly right, is read here by the same types
and given to the same endpoint. Whatever is odd about a request (a query that is not the route's, another content type,
anything that does not fit) goes the framework's way, so that there is one refusal of each thing; and what an endpoint
raises that is no problem is answered by the framework's own handlers.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext
from pydantic import BaseModel, ValidationError
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chengtuan.kernel.problems import Problem
from chengtuan.platform.http.access import api_routes
from chengtuan.platform.http.problems import problem_response

ZIP_FROM_BYTES = 1024
ZIP_LEVEL = 5
_MARK = "__direct__"
_NO_BODY: Message = {"type": "http.request", "body": b""}
"""Of what is asked with GET, nothing is read here."""
_JSON = frozenset((b"application/json", b"application/json; charset=utf-8", b"application/json;charset=utf-8"))


def direct(endpoint: Callable[..., Awaitable[Response]]) -> Callable[..., Awaitable[Response]]:
    """Mark the endpoint of a busy route. It answers with a `Response`; a process refuses to start otherwise."""
    setattr(endpoint, _MARK, True)
    return endpoint


class _Odd(Exception):
    """The framework is to say what it thinks of this request."""


@dataclass(frozen=True)
class _Plan:
    """How a route is called: `segments` of its path, None for a place; the rest is as the framework found it."""

    segments: tuple[str | None, ...]
    dependant: Dependant
    body: tuple[str, type[BaseModel]] | None
    callers: tuple[tuple[str | None, Callable[..., Awaitable[Any]], str], ...]

    @property
    def path(self) -> str:
        return "/".join("*" if part is None else part for part in self.segments)

    def places(self, segments: list[str]) -> list[str] | None:
        """What stands in the places of the path, if this is the route."""
        found = []
        for wanted, given in zip(self.segments, segments, strict=True):
            if wanted is None:
                found.append(given)
            elif wanted != given:
                return None
        return found

    def values(self, request: Request, places: list[str], message: Message) -> dict[str, Any]:
        """What the endpoint is called with, but for its dependencies. Raises _Odd."""
        if message["type"] != "http.request" or message.get("more_body"):
            raise _Odd
        values = self._queried(request)
        for field, text in zip(self.dependant.path_params, places, strict=True):
            values[field.name] = value = _valid(field, text)
            if str(value) != text:  # another spelling of an id has an address of its own
                raise _Odd
        for field in self.dependant.header_params:
            given = request.headers.get(field.validation_alias or field.alias)
            absent = given is None and not field.field_info.is_required()
            values[field.name] = field.get_default() if absent else _valid(field, given)
        if self.body is not None:
            name, model = self.body
            if request.headers.get("content-type", "").encode("latin-1") not in _JSON:
                raise _Odd
            try:
                values[name] = model.model_validate_json(message.get("body", b""))
            except ValidationError as error:
                raise _Odd from error
        if self.dependant.request_param_name:
            values[self.dependant.request_param_name] = request
        return values

    def _queried(self, request: Request) -> dict[str, Any]:
        """Each of the route's own queries, once or not at all."""
        given = request.query_params.multi_items() if request.scope["query_string"] else []
        texts = dict(given)
        known = {field.alias: field for field in self.dependant.query_params}
        if len(texts) < len(given) or not texts.keys() <= known.keys():
            raise _Odd
        return {
            field.name: _valid(field, texts[alias]) if alias in texts else field.get_default()
            for alias, field in known.items()
        }

    async def respond(self, request: Request, values: dict[str, Any]) -> Response:
        """Raises what the endpoint and those before it raise."""
        for name, call, parameter in self.callers:
            found = await call(**{parameter: request} if parameter else {})
            if name is not None:
                values[name] = found
        assert self.dependant.call is not None
        response: Response = await self.dependant.call(**values)
        return response


def _valid(field: Any, text: str | None) -> Any:
    if text is None:
        raise _Odd
    value, errors = field.validate(text, {}, loc=())
    if errors:
        raise _Odd
    return value


class DirectRoutes:
    """Stands before the framework's application: answers what is marked, and passes everything else on."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._plans: dict[tuple[str, int], list[_Plan]] = {}
        for route in api_routes(app):
            if getattr(route.endpoint, _MARK, False):
                plan = _plan_of(route)
                for method in route.methods or ():
                    self._plans.setdefault((method, len(plan.segments)), []).append(plan)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._find(scope)
        if found is None:
            await self._app(scope, receive, send)
            return
        plan, places = found
        message = _NO_BODY if plan.body is None and scope["method"] == "GET" else await receive()
        scope["app"] = self._app
        request = Request(scope, _again(message, receive))
        try:
            values = plan.values(request, places, message)
        except _Odd:
            await self._app(scope, receive if message is _NO_BODY else _again(message, receive), send)
            return
        try:
            response = await plan.respond(request, values)
        except Problem as problem:
            await _send(problem_response(request, problem), scope, receive, send)
        except Exception as error:  # noqa: BLE001  (the framework's handlers know each of them)
            await self._fail(error, scope, receive, send)
        else:
            await _send(response, scope, receive, send)

    def _find(self, scope: Scope) -> tuple[_Plan, list[str]] | None:
        if scope["type"] != "http" or scope.get("root_path"):
            return None
        segments = scope["path"].split("/")
        for plan in self._plans.get((scope["method"], len(segments)), ()):
            if (places := plan.places(segments)) is not None:
                return plan, places
        return None

    async def _fail(self, error: Exception, scope: Scope, receive: Receive, send: Send) -> None:
        async def failing(*_: Any) -> None:
            raise error

        handlers = dict(self._app.exception_handlers)
        on_crash = handlers.pop(Exception, None)
        known: ASGIApp = ExceptionMiddleware(failing, handlers=handlers)
        await ServerErrorMiddleware(known, handler=on_crash)(scope, receive, send)


async def _send(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    app: ASGIApp = response
    if len(response.body) >= ZIP_FROM_BYTES:
        if any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"]):
            app = GZipMiddleware(response, minimum_size=ZIP_FROM_BYTES, compresslevel=ZIP_LEVEL)
        else:
            response.headers.add_vary_header("Accept-Encoding")
    await app(scope, receive, send)


def _again(message: Message, receive: Receive) -> Receive:
    """What was read already, and then whatever comes."""
    waiting = [message]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


def _plan_of(route: RouteContext) -> _Plan:
    """Raises TypeError for a route that asks for something that is not known here."""
    dependant, parts = route.dependant, str(route.path).split("/")
    segments = tuple(None if part.startswith("{") else part for part in parts)
    places = [part[1:-1] for part in parts if part.startswith("{")]
    if dependant.cookie_params or places != [field.name for field in dependant.path_params]:
        raise TypeError(f"{route.path}: a direct route has no cookies, and plain places in their order")
    if any(
        field.field_info.is_required() or field.field_info.annotation is not int for field in dependant.query_params
    ):
        raise TypeError(f"{route.path}: what a direct route is asked with is a number that may be left out")
    return _Plan(segments, dependant, _body_of(route), tuple(map(_caller_of, dependant.dependencies)))


def _body_of(route: RouteContext) -> tuple[str, type[BaseModel]] | None:
    fields = route.dependant.body_params
    if not fields:
        return None
    kind = fields[0].field_info.annotation
    if len(fields) > 1 or not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        raise TypeError(f"{route.path}: the body of a direct route is one model")
    return fields[0].name, kind


def _caller_of(dependant: Dependant) -> tuple[str | None, Callable[..., Awaitable[Any]], str]:
    asks: Mapping[str, Any] = {
        name: getattr(dependant, name)
        for name in ("path_params", "query_params", "header_params", "cookie_params", "body_params", "dependencies")
        if getattr(dependant, name)
    }
    if asks or dependant.call is None:
        raise TypeError(f"a direct route's dependency asks for {', '.join(asks)}, not for the request alone")
    return dependant.name, dependant.call, dependant.request_param_name or ""
