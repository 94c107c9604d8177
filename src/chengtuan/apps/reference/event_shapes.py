"""What each event looks like, as it is committed beside the pages: archived events must stay readable for years.

Under one version a field may be added if it has a default, and a set of words may grow. Whatever else changes what an
old event says, or makes it unreadable, needs a new version.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from chengtuan.platform.events import declared_events, schema_of

FILE = "events.json"
_WORDS_FOR_PEOPLE = {"title", "description", "default"}
Shape = Mapping[str, Any]
"""An event's key and its JSON Schema, without texts, names of types and defaults."""


class BrokenShapes(Exception):
    """The message names what would make archived events say something else."""


def event_shapes() -> dict[str, Shape]:
    """Every declared event of the product, by its wire name."""
    return {
        name: {"key": kind.key_field, "fields": _plain(schema_of(kind))}
        for name, kind in sorted(declared_events().items())
        if kind.__module__.startswith("chengtuan.")
    }


def shapes_page() -> str:
    return json.dumps(event_shapes(), indent=1, sort_keys=True) + "\n"


def refuse_broken(committed: str, fresh: str) -> None:
    """Raises BrokenShapes if `fresh` changes what `committed` promised."""
    if found := list(broken(json.loads(committed), json.loads(fresh))):
        raise BrokenShapes("\n".join(found))


def broken(before: Mapping[str, Shape], after: Mapping[str, Shape]) -> Iterator[str]:
    """Sentences about events that are not what they were."""
    for name, shape in before.items():
        if name not in after:
            yield f"{name} is gone: archived ones could not be read any more"
        elif shape["key"] != after[name]["key"]:
            yield f"{name} is in order per {after[name]['key']}, and was per {shape['key']}"
        else:
            yield from _changes(name, shape["fields"], after[name]["fields"])


def field_names(shape: Shape) -> Iterator[str]:
    """Of the event and of everything in it."""
    yield from shape.get("properties", {})
    for inner in (*shape.get("properties", {}).values(), *_inner(shape)):
        yield from field_names(inner)


def _changes(where: str, before: Shape, after: Shape) -> Iterator[str]:
    if "enum" in before and "enum" in after:
        if lost := [word for word in before["enum"] if word not in after["enum"]]:
            yield f"{where} cannot be {', '.join(map(str, lost))} any more"
        return
    inside = ("properties", "required", "items", "additionalProperties", "anyOf")
    if {k: v for k, v in before.items() if k not in inside} != {k: v for k, v in after.items() if k not in inside}:
        yield f"{where} is another type"
        return
    yield from _changed_fields(where, before, after)
    old, new = list(_inner(before)), list(_inner(after))
    if len(old) != len(new):
        yield f"{where} is another type"
        return
    for one, other in zip(old, new, strict=True):
        yield from _changes(where, one, other)


def _changed_fields(where: str, before: Shape, after: Shape) -> Iterator[str]:
    fields, others = before.get("properties", {}), after.get("properties", {})
    for name, shape in fields.items():
        if name in others:
            yield from _changes(f"{where}: {name}", shape, others[name])
        else:
            yield f"{where}: {name} is gone"
    for name in after.get("required", ()):
        if name not in before.get("required", ()):
            yield f"{where}: {name} needs a default, old ones do not have it"


def _inner(shape: Shape) -> Iterator[Shape]:
    """Of a list, a mapping, or a choice."""
    for name in ("items", "additionalProperties"):
        if isinstance(shape.get(name), dict):
            yield shape[name]
    yield from shape.get("anyOf", ())


def _plain(schema: Mapping[str, Any]) -> Shape:
    """Without words for people, and with everything that it refers to in its place."""
    known = schema.get("$defs", {})

    def plain(node: Any) -> Any:
        if isinstance(node, list):
            return [plain(each) for each in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return plain(known[node["$ref"].rpartition("/")[2]])
        kept = {key: plain(value) for key, value in node.items() if key not in {*_WORDS_FOR_PEOPLE, "properties"}}
        if "properties" in node:  # whose names may be those of words for people
            kept["properties"] = {name: plain(value) for name, value in node["properties"].items()}
        return kept

    shape: Shape = plain({key: value for key, value in schema.items() if key != "$defs"})
    return shape
