"""Right requests of every route, and the same with one thing that is odd."""

import copy
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeAlias
from urllib.parse import quote

from tests.proofs.odd.values import BODIES, ESCAPES, KINDS, TEXTS, VALUES, dumped, odd_cursors

_METHODS = ("HEAD", "OPTIONS", "TRACE", "PATCH", "PUT", "DELETE", "POST", "GET", "get", "FOO")
_HEADERS = (
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Content-Length",
    "Cookie",
    "Host",
    "Idempotency-Key",
    "If-None-Match",
    "Last-Event-ID",
    "Origin",
    "Range",
    "Sec-Fetch-Site",
    "X-Forwarded-For",
    "X-Forwarded-Proto",
    "X-Request-Id",
)
"""Those that anything in the way may read, whether or not a route says so."""
JSON = "application/json"


@dataclass(frozen=True)
class Wish:
    """A request before it is written down. `body` is JSON, or `content` as it is; `caller` names who sends it."""

    operation: str
    method: str
    path: str
    caller: str
    places: Mapping[str, str] = field(default_factory=dict)
    query: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    content: bytes | None = None
    odd: str = "nothing"

    @property
    def target(self) -> str:
        """Path and query, percent-encoded."""
        path = self.path
        for name, value in self.places.items():
            path = path.replace(f"{{{name}}}", _quoted(value))
        query = "&".join(f"{quote(name)}={_quoted(value)}" for name, value in self.query)
        return f"{path}?{query}" if query else path

    @property
    def payload(self) -> bytes:
        if self.content is not None:
            return self.content
        return b"" if self.body is None else dumped(self.body)


def _quoted(value: str) -> str:
    return value if value in ESCAPES else quote(value, safe="", errors="surrogatepass")


@dataclass(frozen=True)
class Library:
    """What right requests are made of: `cursors` by operation, `callers` that there are."""

    cursors: Mapping[str, str]
    callers: Sequence[str]


def spoiled(right: Wish, library: Library, chance: random.Random) -> Wish:
    """The same request with one oddity: chance picks a part of the request, and a place in it."""
    ways = list(_ways(right, library))
    part = chance.choice(
        [name for name, count in _WEIGHTS.items() for _ in range(count) if any(w[0] == name for w in ways)]
    )
    _, place, make = chance.choice([way for way in ways if way[0] == part])
    return replace(make(chance), odd=place)


_WEIGHTS = {"path": 3, "query": 3, "body": 6, "header": 2, "caller": 1, "whole": 1}
_Way: TypeAlias = tuple[str, str, Callable[[random.Random], Wish]]


def _ways(right: Wish, library: Library) -> Iterator[_Way]:
    yield from _around(right, library)
    for name in right.places:
        yield "path", f"path {name}", partial(_with_place, right, name)
    for number, (name, value) in enumerate(right.query):
        yield "query", f"query {name}", partial(_with_query, right, number, library)
        yield "query", f"query {name} twice", partial(_with_more, right, name, value)
    if right.body is not None:
        for place in _places(right.body):
            yield "body", f"body {'.'.join(map(str, place))}", partial(_with_value, right, place)
        yield "body", "a key twice", lambda c: replace(right, content=_twice(right.body, c))
    if right.method not in ("GET", "DELETE"):
        yield "whole", "another body", lambda c: replace(right, content=c.choice(BODIES))
        yield "whole", "another kind", lambda c: _with_header(right, "Content-Type", c.choice(KINDS))


def _around(right: Wish, library: Library) -> Iterator[_Way]:
    """What every request has: who asks, how, with which headers."""
    for caller in library.callers:
        yield "caller", f"as {caller}", partial(_from, right, caller)
    for name in {**dict.fromkeys(_HEADERS), **right.headers}:
        yield "header", f"header {name}", partial(_with_odd_header, right, name)
    for name in right.headers:
        yield "header", f"no header {name}", partial(_without_header, right, name)
    yield "whole", "another method", lambda c: replace(right, method=c.choice(_METHODS))
    yield "whole", "another path", lambda c: replace(right, path=_odd_path(right.path, c))
    yield (
        "whole",
        "a parameter more",
        lambda c: replace(right, query=[*right.query, (c.choice(TEXTS)[:99], c.choice(TEXTS)[:2000])]),
    )


def _with_place(right: Wish, name: str, chance: random.Random) -> Wish:
    return replace(right, places={**right.places, name: chance.choice(TEXTS + ESCAPES)})


def _with_more(right: Wish, name: str, value: str, _: random.Random) -> Wish:
    return replace(right, query=[*right.query, (name, value)])


def _from(right: Wish, caller: str, _: random.Random) -> Wish:
    return replace(right, caller=caller)


def _with_odd_header(right: Wish, name: str, chance: random.Random) -> Wish:
    return _with_header(right, name, chance.choice(TEXTS))


def _without_header(right: Wish, name: str, _: random.Random) -> Wish:
    return replace(right, headers={key: value for key, value in right.headers.items() if key != name})


def _with_header(right: Wish, name: str, value: str) -> Wish:
    return replace(right, headers={**right.headers, name: value})


def _with_value(right: Wish, place: tuple[Any, ...], chance: random.Random) -> Wish:
    return replace(right, body=_changed(right.body, place, chance))


def _with_query(right: Wish, number: int, library: Library, chance: random.Random) -> Wish:
    name, _ = right.query[number]
    if name == "cursor":
        own = library.cursors.get(right.operation)
        foreign = [cursor for operation, cursor in library.cursors.items() if operation != right.operation]
        values: Sequence[str] = [*odd_cursors([own] if own else [], chance), *foreign, *TEXTS]
    else:
        values = TEXTS + ESCAPES
    odd = (name, chance.choice(values))
    return replace(right, query=[*right.query[:number], odd, *right.query[number + 1 :]])


def _odd_path(path: str, chance: random.Random) -> str:
    pieces = path.split("/")
    at = chance.randrange(1, len(pieces))
    odd = ["/".join([*pieces[:at], piece, *pieces[at:]]) for piece in ("", "..", "%00", "%2e%2e", "x" * 9000, "%ff")]
    return chance.choice([*odd, f"{path}/", f"{path};a=1", path.upper(), "/".join(pieces[:at])])


def _places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in JSON but the whole."""
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield (*above, key)
        yield from _places(each, (*above, key))


def _changed(body: Any, place: tuple[Any, ...], chance: random.Random) -> Any:
    """A copy with another value in a place, or without it."""
    changed = copy.deepcopy(body)
    holder = changed
    for key in place[:-1]:
        holder = holder[key]
    if chance.random() < 0.1:
        del holder[place[-1]]
    else:
        holder[place[-1]] = chance.choice([*VALUES, [holder[place[-1]]], {"value": holder[place[-1]]}])
    return changed


def _twice(body: Any, chance: random.Random) -> bytes:
    """The last of two equal keys counts, or the first: both are read somewhere."""
    if not isinstance(body, Mapping) or not body:
        return dumped([body, body])
    key = chance.choice(list(body))
    pair = [dumped({key: body[key]})[1:-1], dumped({key: chance.choice(VALUES)})[1:-1], dumped(body)[1:-1]]
    chance.shuffle(pair)
    return b"{" + b",".join(pair) + b"}"


@dataclass(frozen=True)
class Facts:
    """What is right in this shop: words by parameter or `operation.parameter`, whole bodies by operation."""

    words: Mapping[str, Any]
    bodies: Mapping[str, Any]


def right_request(path: str, method: str, described: Mapping[str, Any], caller: str, facts: Facts) -> Wish:
    """As the description has it, about what there is."""
    places, query, headers = {}, [], {}
    operation = described["operationId"]
    for parameter in described.get("parameters", ()):
        name, value = parameter["name"], str(_right(operation, parameter, facts))
        if parameter["in"] == "path":
            places[name] = value
        elif parameter["in"] == "query":
            query.append((name, value))
        else:
            headers[name] = value
    kinds = described.get("requestBody", {}).get("content", {})
    body = facts.bodies.get(operation) if JSON in kinds else None
    if JSON in kinds:
        headers["Content-Type"] = JSON
    return Wish(operation, method.upper(), path, caller, places, query, headers, body)


def _right(operation: str, parameter: Mapping[str, Any], facts: Facts) -> Any:
    name, schema = parameter["name"], parameter.get("schema", {})
    for known in (f"{operation}.{name}", name):
        if known in facts.words:
            return facts.words[known]
    return schema.get("default", "")
