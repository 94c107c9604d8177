"""What a process remembers, so that it can forget: everything that hangs on some objects, as it is at a moment.

A test gets an application that has just started, and building one takes longer than most tests. So one is built, and
what it remembers is put back after each test: every attribute, list, dictionary, set and closure that can be reached
from it. Nothing has to know which of them change, so nothing that is added later can be forgotten.
"""

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from types import CellType, FunctionType, MethodType
from typing import Any

import httpx

_OURS = ("chengtuan.", "tests.")
_OPEN = (asyncio.Event, asyncio.Lock, asyncio.Semaphore, httpx.AsyncClient)
"""Of others' objects only these are looked into: the rest are connections, frameworks and values."""
_EMPTY = object()


@dataclass(frozen=True, slots=True)
class _Kept:
    path: str
    thing: Any
    held: Any


class Memory:
    """What is reachable from `roots` (by name) and can change."""

    def __init__(self, **roots: object) -> None:
        self._kept = list(_walk(roots))

    def __len__(self) -> int:
        return len(self._kept)

    def changed(self) -> list[str]:
        """Where something is held that was not, or is not any more."""
        return [kept.path for kept in self._kept if not _same(_held(kept.thing), kept.held)]

    def restore(self) -> None:
        """Every thing holds again what it held."""
        for kept in self._kept:
            if not _same(_held(kept.thing), kept.held):
                _put_back(kept.thing, kept.held)


def _walk(roots: dict[str, object]) -> Iterator[_Kept]:
    known: dict[int, Any] = {}  # the object stays alive with its number
    waiting = list(roots.items())
    while waiting:
        path, thing = waiting.pop()
        if id(thing) in known:
            continue
        known[id(thing)] = thing
        held = _held(thing)
        if held is not None:
            yield _Kept(path, thing, held)
        waiting += [(path + step, part) for step, part in _parts(thing, held)]


def _held(thing: Any) -> Any:
    """A copy of what the thing holds, if that can change; else None."""
    match thing:
        case dict():
            return dict(thing)
        case set():
            return set(thing)
        case list() | deque():
            return list(thing)
        case CellType():
            return [_content(thing)]
        case _ if _is_open(thing):
            return {name: getattr(thing, name, _EMPTY) for name in _attributes(thing)}
    return None


def module_of(thing: object) -> str:
    """Where the thing's class was written; classes that compiled code makes need not say, and some say it elsewhere."""
    module: object = type(thing).__module__
    return module if isinstance(module, str) else ""


def _is_open(thing: object) -> bool:
    return module_of(thing).startswith(_OURS) or isinstance(thing, _OPEN)


def _attributes(thing: Any) -> list[str]:
    slots = [name for kind in type(thing).__mro__ for name in _as_tuple(vars(kind).get("__slots__", ()))]
    return [*getattr(thing, "__dict__", ()), *(name for name in slots if not name.startswith("__"))]


def _as_tuple(slots: Any) -> tuple[str, ...]:
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _parts(thing: Any, held: Any) -> list[tuple[str, Any]]:
    """What to look at next, each with its step from here."""
    match thing:
        case dict():
            return [(f"[{key!r}]", value) for key, value in thing.items()] + [(" key", key) for key in thing]
        case list() | deque() | set() | tuple() | frozenset():
            return [("[]", part) for part in thing]
        case FunctionType():
            cells = zip(thing.__code__.co_freevars, thing.__closure__ or (), strict=True)
            return [(f" {name}", cell) for name, cell in cells]
        case CellType():
            inside = held
        case MethodType():
            inside = [thing.__self__, thing.__func__]
        case partial():
            inside = [thing.func, *thing.args, thing.keywords]
        case _:
            return [(f".{name}", part) for name, part in (held | _methods(thing)).items()] if held is not None else []
    return [("", part) for part in inside]


def _methods(thing: object) -> dict[str, Any]:
    """Those that remember something: of a class that was made for this one thing, such as a facade's implementation."""
    functions = {name: each for kind in reversed(type(thing).__mro__) for name, each in vars(kind).items()}
    return {name: each for name, each in functions.items() if isinstance(each, FunctionType) and each.__closure__}


def _content(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return _EMPTY


def _same(one: Any, other: Any) -> bool:
    """The same things, not equal ones: an equal one may change by itself. Order counts where there is one."""
    if len(one) != len(other):
        return False
    if isinstance(one, set):
        return {id(part) for part in one} == {id(part) for part in other}
    if isinstance(one, dict):
        pairs = zip(one.items(), other.items(), strict=True)
        return all(a is b and x is y for (a, x), (b, y) in pairs)
    return all(a is b for a, b in zip(one, other, strict=True))


def _put_back(thing: Any, held: Any) -> None:
    match thing:
        case dict() | set():
            thing.clear()
            thing.update(held)
        case list() | deque():
            thing.clear()
            thing.extend(held)
        case CellType():
            _fill(thing, held[0])
        case _:
            for name in [name for name in getattr(thing, "__dict__", ()) if name not in held]:
                del thing.__dict__[name]
            for name, value in held.items():
                if value is not _EMPTY:
                    object.__setattr__(thing, name, value)  # past whatever keeps others from changing it


def _fill(cell: CellType, content: Any) -> None:
    if content is _EMPTY:
        del cell.cell_contents
    else:
        cell.cell_contents = content
