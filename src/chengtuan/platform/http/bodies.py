"""Bodies of requests: how large, how slow, and how many of them at once this process holds.

A small one is read whole before anything else happens. A large one is read by the route that wants it, once it
knows who sends it. Whoever sends slowly is sent away, and what is held for everybody together has a limit.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from fastapi import Request

from chengtuan.kernel.problems import InvalidRequest, Problem, TooLarge
from chengtuan.platform import deadline
from chengtuan.platform.client_address import client_subject
from chengtuan.platform.http.budget import Budget

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]

SMALL_BODY_BYTES = 4 * 1024
"""What each request may hold beside the budget, as much as a connection costs anyway: an order or a sign-in is smaller.

Without it, unfinished bodies of a few strangers would use the budget up, and nobody could sign in or buy.
"""
MAX_BODY_BYTES = 256 * 1024
MAX_UPLOAD_BYTES = 10 * 1024 * 1024
MAX_INTERNAL_BYTES = 8 * 1024 * 1024
_STATE_KEY = "body"


class TooSlow(Problem):
    code = "platform/too-slow"
    status = 408
    title = "The request took too long to arrive"


@dataclass(frozen=True)
class BodyRules:
    """Bytes of large bodies. `unknown` is the budget of those who have not said who they are, `known` of the others.

    A body must arrive within `grace_s` seconds, and as many more as it takes at `slowest` bytes a second.
    """

    unknown: Budget
    known: Budget
    grace_s: float = 15.0
    slowest: int = 32 * 1024

    @classmethod
    def for_budget(cls, most: int = 128 * 1024 * 1024, *, grace_s: float = 15.0) -> "BodyRules":
        """A quarter of `most` bytes for those who are not known, so that they never crowd out the others."""
        quarter = most // 4
        return cls(Budget(quarter, quarter // 8), Budget(most - quarter, (most - quarter) // 2), grace_s)


class Body:
    """The body of one request. What it takes from the budget, beyond the first few bytes, it keeps until `close`."""

    def __init__(self, receive: Receive, rules: BodyRules, client: str, announced: int | None) -> None:
        self._receive = receive
        self._rules = rules
        self._client = client_subject(client)
        self._announced = announced
        self._budget = rules.unknown
        self._taken = 0
        self._limit = MAX_BODY_BYTES
        self._began = 0.0
        self.complete = False
        """All of it has been read, or its sender is gone."""

    def allow(self, limit: int) -> None:
        """Whoever sends it is known: up to so many bytes are taken. Before the first of them is read."""
        self._limit = limit
        self._budget = self._rules.known

    async def receive(self) -> Message:
        """The next part. Raises TooLarge, TooSlow, Overloaded, TooManyRequests."""
        loop = asyncio.get_running_loop()
        self._began = self._began or loop.time()
        if self._announced is not None and self._announced > self._limit:
            raise TooLarge(limit_bytes=self._limit)
        try:
            async with asyncio.timeout_at(self._began + self._rules.grace_s + self._taken / self._rules.slowest):
                message = await self._receive()
        except TimeoutError as error:
            raise TooSlow from error
        count = len(message.get("body", b""))
        if self._taken + count > self._limit:
            raise TooLarge(limit_bytes=self._limit)
        self._budget.take(self._client, _counted(self._taken + count) - _counted(self._taken))
        self._taken += count
        self.complete = message["type"] != "http.request" or not message.get("more_body")
        return message

    async def whole(self) -> bytes:
        """All of it. Raises what `receive` raises."""
        found = bytearray()
        while True:
            message = await self.receive()
            if message["type"] != "http.request":
                return bytes(found)
            found += message.get("body", b"")
            if not message.get("more_body"):
                return bytes(found)

    def close(self) -> None:
        self._budget.give_back(self._client, _counted(self._taken))
        self._taken = 0


def _counted(taken: int) -> int:
    return max(0, taken - SMALL_BODY_BYTES)


def keep_body(scope: Message, body: Body) -> None:
    """For the route that will read it."""
    scope.setdefault("state", {})[_STATE_KEY] = body


async def read_upload(request: Request, name: str, *, limit: int = MAX_UPLOAD_BYTES) -> bytes:
    """The file in the field `name` of a form. For a route that knows who asks, and nobody else.

    Raises InvalidRequest if there is none, and what `Body.receive` raises.
    """
    body: Body | None = getattr(request.state, _STATE_KEY, None)
    if body is not None:
        body.allow(limit)
    async with request.form(max_files=1, max_fields=4) as form:
        file = form.get(name)
        if file is None or isinstance(file, str):
            raise InvalidRequest(errors=[{"path": name, "message": "a file is missing here", "code": "missing"}])
        content = await file.read()
    deadline.renew()  # the sender's time was not ours
    return content


def describe_upload(name: str) -> dict[str, Any]:
    """`openapi_extra=` of a route that reads such a file."""
    field = {"type": "string", "contentMediaType": "application/octet-stream", "title": name.capitalize()}
    schema = {"type": "object", "properties": {name: field}, "required": [name]}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}
