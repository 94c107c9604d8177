"""Archived events stay readable, and carry nothing that a person could ask us to delete."""

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chengtuan.apps.cli import cli
from chengtuan.apps.reference import BrokenShapes, write_reference
from chengtuan.apps.reference.event_shapes import FILE, broken, event_shapes, field_names, refuse_broken
from chengtuan.platform.events import decode, encode

COMMITTED: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "docs" / "reference" / FILE).read_text(encoding="utf-8")
)
FORMED, PLANNED = "trade.group_formed.v1", "trade.refund_planned.v1"
_PERSONAL = re.compile(
    r"phone|mobile|address|street|recipient|receiver|contact|openid|unionid|e?mail\b|id_card|real_name|nickname|avatar"
)


def test_no_event_says_something_else_than_it_did() -> None:
    assert list(broken(COMMITTED, event_shapes())) == []


def _fields(shapes: dict[str, Any], name: str = FORMED) -> dict[str, Any]:
    fields: dict[str, Any] = shapes[name]["fields"]
    return fields


def _without(shapes: dict[str, Any]) -> None:
    del _fields(shapes)["properties"]["paid"]


def _renamed(shapes: dict[str, Any]) -> None:
    properties = _fields(shapes)["properties"]
    properties["people"] = properties.pop("paid")


def _another_type(shapes: dict[str, Any]) -> None:
    _fields(shapes)["properties"]["paid"] = {"type": "string"}


def _another_format(shapes: dict[str, Any]) -> None:
    del _fields(shapes)["properties"]["formed_at"]["format"]


def _needed(shapes: dict[str, Any]) -> None:
    _fields(shapes)["properties"]["merchant_id"] = {"type": "string", "format": "uuid"}
    _fields(shapes)["required"].append("merchant_id")


def _default_gone(shapes: dict[str, Any]) -> None:
    _fields(shapes, PLANNED)["required"].append("cause")


def _inside_a_list(shapes: dict[str, Any]) -> None:
    del _fields(shapes)["properties"]["members"]["items"]["properties"]["refund_fen"]


def _never_none(shapes: dict[str, Any]) -> None:
    _fields(shapes, PLANNED)["properties"]["cause"] = {"type": "string"}


def _fewer_words(shapes: dict[str, Any]) -> None:
    _fields(shapes)["properties"]["how"]["enum"].remove("full")


def _another_key(shapes: dict[str, Any]) -> None:
    shapes[FORMED]["key"] = "campaign_id"


def _gone(shapes: dict[str, Any]) -> None:
    del shapes[FORMED]


def _optional(shapes: dict[str, Any]) -> None:
    _fields(shapes)["properties"]["merchant_id"] = {"type": "string"}


def _more_words(shapes: dict[str, Any]) -> None:
    _fields(shapes)["properties"]["how"]["enum"].append("early")


def _another_event(shapes: dict[str, Any]) -> None:
    shapes["trade.group_formed.v2"] = shapes[FORMED]


def planted(change: Callable[[dict[str, Any]], None]) -> tuple[dict[str, Any], dict[str, Any]]:
    before = copy.deepcopy(COMMITTED)
    _fields(before)["properties"]["how"] = {"enum": ["full", "tier"], "type": "string"}
    after = copy.deepcopy(before)
    change(after)
    return before, after


@pytest.mark.parametrize(
    "change",
    [
        _without,
        _renamed,
        _another_type,
        _another_format,
        _needed,
        _default_gone,
        _inside_a_list,
        _never_none,
        _fewer_words,
        _another_key,
        _gone,
    ],
)
def test_a_change_that_needs_a_new_version_is_seen(change: Callable[[dict[str, Any]], None]) -> None:
    before, after = planted(change)
    assert list(broken(before, after))
    with pytest.raises(BrokenShapes):
        refuse_broken(json.dumps(before), json.dumps(after))


@pytest.mark.parametrize("change", [_optional, _more_words, _another_event])
def test_what_old_events_do_not_mind_is_no_change(change: Callable[[dict[str, Any]], None]) -> None:
    assert list(broken(*planted(change))) == []


def test_the_reference_is_not_written_over_a_broken_promise(tmp_path: Path) -> None:
    promised = copy.deepcopy(COMMITTED)
    _fields(promised)["properties"]["lost"] = {"type": "integer"}
    (tmp_path / FILE).write_text(json.dumps(promised), encoding="utf-8")
    with pytest.raises(BrokenShapes, match=f"{FORMED}: lost is gone"):
        write_reference(tmp_path, cli)
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def oldest(shape: Any) -> Any:
    """A payload of a committed shape, with nothing that may be left out."""
    if "enum" in shape:
        return shape["enum"][0]
    if "anyOf" in shape:
        return oldest(shape["anyOf"][0])
    if shape["type"] == "object":
        if "properties" in shape:
            return {name: oldest(shape["properties"][name]) for name in shape.get("required", ())}
        return {"en": oldest(shape.get("additionalProperties") or {"type": "string"})}
    if shape["type"] == "array":
        return [oldest(shape["items"])]
    texts = {"uuid": "01a21e5b-cf39-71a3-a37a-fd92e8a09f35", "date-time": "2026-06-01T04:00:00Z", "date": "2026-06-01"}
    plain = {"string": texts.get(shape.get("format", ""), "text"), "integer": 1, "number": 1.5, "boolean": True}
    return plain.get(shape["type"])


@pytest.mark.parametrize("name", sorted(COMMITTED))
def test_an_archived_event_of_an_older_or_newer_shape_is_read(name: str) -> None:
    payload = oldest(COMMITTED[name]["fields"])
    event = decode(name, json.dumps(payload))
    assert decode(name, json.dumps(payload | {"from_a_later_release": 1})) == event
    assert decode(name, encode(event)) == event
    del payload[COMMITTED[name]["key"]]
    with pytest.raises(ValueError, match="required"):  # the control: a field without a default is missed
        decode(name, json.dumps(payload))


def personal(shapes: dict[str, Any]) -> list[str]:
    return [
        f"{name}: {field}"
        for name in shapes
        for field in field_names(shapes[name]["fields"])
        if _PERSONAL.search(field)
    ]


def test_no_event_carries_what_a_person_may_want_deleted() -> None:
    shapes = copy.deepcopy(COMMITTED)
    assert personal(shapes) == []
    members = _fields(shapes)["properties"]["members"]["items"]["properties"]
    members["phone"] = _fields(shapes)["properties"]["shipping_address"] = {"type": "string"}
    assert personal(shapes) == [f"{FORMED}: shipping_address", f"{FORMED}: phone"], "planted"
