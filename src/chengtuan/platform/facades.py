"""One facade declaration, two bindings: a call in this process, or a signed POST to another one.

A facade is an abstract class in a module's `facade/` whose operations are async, keyword-only and
typed with plain dataclasses. Problems raised by the callee arrive as the same exceptions in both
bindings, and calling one with a transaction open is refused in both.
"""

import asyncio
import inspect
from abc import ABC
from collections.abc import Awaitable, Callable, Iterator
from functools import cache
from typing import Any, ClassVar, ParamSpec, TypeVar, cast, get_type_hints

import httpx
import structlog
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, TypeAdapter, create_model

from chengtuan.kernel.problems import MethodNotAllowed, NotFound, Problem, Unavailable
from chengtuan.platform import deadline
from chengtuan.platform.health import Part
from chengtuan.platform.http.access import marked
from chengtuan.platform.http.problem_document import MEDIA_TYPE
from chengtuan.platform.http.section import Section
from chengtuan.platform.signing import BadSignature, RequestSigner
from chengtuan.platform.transactions import assert_no_transaction

log = structlog.get_logger(__name__)
P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound="Facade")

PREFIX = "/_facade"


class Facade(ABC):
    """Base of every module's public interface."""

    module: ClassVar[str]


def operation(method: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Mark a facade method as callable from other modules."""
    setattr(method, "__operation__", True)  # noqa: B010  (mypy knows no such attribute)
    return method


def operations_of(facade: type[Facade]) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, member in inspect.getmembers(facade, inspect.isfunction):
        if getattr(member, "__operation__", False):
            yield name, member


@cache
def _arguments_model(facade: type[Facade], name: str) -> type[BaseModel]:
    method = getattr(facade, name)
    hints = get_type_hints(method)
    fields: dict[str, Any] = {}
    for parameter in list(inspect.signature(method).parameters.values())[1:]:
        if parameter.kind is not parameter.KEYWORD_ONLY:
            raise TypeError(f"{facade.__name__}.{name}: {parameter.name} must be keyword-only")
        fields[parameter.name] = (
            hints[parameter.name],
            ... if parameter.default is parameter.empty else parameter.default,
        )
    return cast("type[BaseModel]", create_model(f"{facade.__name__}_{name}", **fields))


@cache
def _result(facade: type[Facade], name: str) -> TypeAdapter[Any]:
    return TypeAdapter(get_type_hints(getattr(facade, name))["return"])


def implement(facade: type[F], context: object, *use_cases: Callable[..., Awaitable[Any]]) -> F:
    """A module's own implementation: each operation is the use case of its name, with the context before its arguments.

    Raises TypeError if one is missing or too many, or takes or returns something else than its operation says.
    """
    operations, given = dict(operations_of(facade)), {use_case.__name__: use_case for use_case in use_cases}
    if operations.keys() != given.keys():
        raise TypeError(f"{facade.__name__}: no one-to-one use case for {sorted(operations.keys() ^ given.keys())}")

    def implemented(name: str) -> Callable[..., Awaitable[Any]]:
        use_case = given[name]
        first, *_ = inspect.signature(use_case).parameters
        takes, promised = get_type_hints(use_case), get_type_hints(operations[name])
        takes.pop(first, None)
        if takes != promised:
            raise TypeError(f"{facade.__name__}.{name}: the use case is {takes}, the operation {promised}")

        defaults = _defaults(operations[name])

        async def call(self: Any, **arguments: Any) -> Any:
            return await use_case(self._ctx, **(defaults | arguments))

        return call

    body = {"__module__": __name__, "_ctx": context} | {name: implemented(name) for name in operations}
    return cast("F", type(facade.__name__.removesuffix("Facade"), (facade,), body)())


def _defaults(method: Callable[..., Any]) -> dict[str, Any]:
    parameters = inspect.signature(method).parameters.values()
    return {each.name: each.default for each in parameters if each.default is not each.empty}


def bind_local(facade: type[F], implementation: F) -> F:
    """The in-process binding: the same rules as the network, none of its cost."""

    def guarded(name: str) -> Callable[..., Awaitable[Any]]:
        target = getattr(implementation, name)
        what = f"{facade.module}.{name}"

        async def call(_: Any, **arguments: Any) -> Any:
            assert_no_transaction(what)
            return await target(**arguments)

        return call

    body = {"__module__": __name__} | {name: guarded(name) for name, _ in operations_of(facade)}
    return cast("F", type(f"Local{facade.__name__}", (facade,), body)())


def bind_remote(facade: type[F], client: httpx.AsyncClient, signer: RequestSigner, understood: Part | None = None) -> F:
    """The network binding: a signed POST per operation. Raises Unavailable, ProcessesDisagree."""

    def remote(name: str) -> Callable[..., Awaitable[Any]]:
        path = f"{PREFIX}/{facade.module}/{name}"
        what = f"{facade.module}.{name}"

        async def call(_: Any, **arguments: Any) -> Any:
            assert_no_transaction(what)
            body = _arguments_model(facade, name)(**arguments).model_dump_json().encode()
            return _result(facade, name).validate_json(await post_signed(client, signer, path, body, understood))

        return call

    body = {name: remote(name) for name, _ in operations_of(facade)}
    return cast("F", type(f"Remote{facade.__name__}", (facade,), body)())


class ProcessesDisagree(Problem):
    """One of our own processes does not take our call: another key, a machine's clock far off, another version."""

    code = "platform/processes-disagree"
    status = 503
    title = "Two processes of this shop do not understand each other; try again in a moment"
    members = {"retry_after_s": int}


class _NobodyThere(Unavailable):
    """The call reached nobody, or was cut off. Operations may be repeated."""


_PAUSES_S = (0.1, 0.4)
_AGAIN_S = 2
_OURS_ALONE = frozenset({BadSignature.code, NotFound.code, MethodNotAllowed.code})
"""What a peer answers before it looks at the call: no outcome of an operation, and no fault of who asked for it."""


async def post_signed(
    client: httpx.AsyncClient, signer: RequestSigner, path: str, body: bytes, understood: Part | None = None
) -> bytes:
    """POST to another process of ours; problem documents come back as exceptions.

    A call that reached nobody is tried again while there is time; a peer that does not understand us is reported
    to `understood`. Raises Unavailable, ProcessesDisagree.
    """
    part = understood or Part("")
    try:
        answer = await _post_patiently(client, signer, path, body)
    except ProcessesDisagree:
        part.fails("our calls are refused there")
        raise
    except Unavailable:
        raise
    except Problem:
        part.works()
        raise
    part.works()
    return answer


async def _post_patiently(client: httpx.AsyncClient, signer: RequestSigner, path: str, body: bytes) -> bytes:
    for pause_s in _PAUSES_S:
        try:
            return await _post_once(client, signer, path, body)
        except (_NobodyThere, ProcessesDisagree):
            if deadline.remaining(60) < 2 * pause_s:
                raise
            await asyncio.sleep(pause_s)
    return await _post_once(client, signer, path, body)


async def _post_once(client: httpx.AsyncClient, signer: RequestSigner, path: str, body: bytes) -> bytes:
    headers = {"content-type": "application/json", **signer.sign(path, body)}
    try:
        response = await client.post(path, content=body, headers=headers)
    except httpx.TimeoutException as error:
        raise Unavailable(f"{path}: {error!r}", retry_after_s=_AGAIN_S) from error
    except httpx.HTTPError as error:
        raise _NobodyThere(f"{path}: {error!r}", retry_after_s=_AGAIN_S) from error
    if response.headers.get("content-type", "").startswith(MEDIA_TYPE):
        document = response.json()
        if document.get("code") in _OURS_ALONE:
            log.error("processes_disagree", alert=True, path=path, code=document["code"])
            raise ProcessesDisagree(f"{path}: {document.get('detail')}", retry_after_s=_AGAIN_S)
        raise Problem.from_body(document)
    if response.status_code != 200:
        raise Unavailable(f"{path}: status {response.status_code}", retry_after_s=_AGAIN_S)
    return response.content


def facade_router(facade: type[Facade], implementation: Facade, signer: RequestSigner) -> APIRouter:
    """What the network binding calls. Only requests signed with the internal key are let in."""
    router = Section(prefix=f"{PREFIX}/{facade.module}", include_in_schema=False)
    for name, _ in operations_of(facade):
        router.add_api_route(f"/{name}", _endpoint(facade, name, implementation, signer), methods=["POST"])
    return router


def _endpoint(
    facade: type[Facade], name: str, implementation: Facade, signer: RequestSigner
) -> Callable[[Request], Awaitable[Response]]:
    @marked("internal")
    async def endpoint(request: Request) -> Response:
        body = await request.body()
        signer.verify(request.url.path, body, request.headers)
        parsed = _arguments_model(facade, name).model_validate_json(body)
        arguments = {field: getattr(parsed, field) for field in type(parsed).model_fields}
        value = await getattr(implementation, name)(**arguments)
        return Response(_result(facade, name).dump_json(value), media_type="application/json")

    return endpoint
