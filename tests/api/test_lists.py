"""What a request says of several things, it says of each once."""

from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError

from chengtuan.modules.trade.activities.http.schemas import TierInput
from chengtuan.modules.trade.freight.http.schemas import FreightZone
from chengtuan.platform.http.access import api_routes
from chengtuan.platform.http.lists import EachOnce
from tests.support.world import World

JUDGED_TOGETHER: set[Any] = {TierInput, FreightZone}
"""Steps and zones have no names: rules say how they fit together."""


class _Pair(BaseModel):
    name: str | None
    value: int


class _Once(BaseModel):
    pairs: Annotated[list[_Pair], EachOnce("name")]


class _Careless(BaseModel):
    pairs: list[_Pair] | None


class _Loose(BaseModel):
    inside: list[_Careless]


def parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in get_args(annotation) if get_origin(annotation) is not None else ():
        yield from parts(part)


def loose_lists(body: Any, seen: set[Any]) -> Iterator[str]:
    """Lists of objects, in this body or in what is inside it, that say nothing of being named twice."""
    for model in parts(body):
        if not (isinstance(model, type) and issubclass(model, BaseModel)) or model in seen:
            continue
        seen.add(model)
        for name, field in model.model_fields.items():
            found = list(parts(field.rebuild_annotation()))
            named = any(isinstance(part, EachOnce) for part in found)
            for part in found:
                item = get_args(part)[0] if get_origin(part) is list else None
                if isinstance(item, type) and issubclass(item, BaseModel) and item not in JUDGED_TOGETHER and not named:
                    yield f"{model.__name__}.{name}"
            yield from loose_lists(field.annotation, seen)


async def test_every_list_of_objects_in_a_request_names_each_once(world: World) -> None:
    seen: set[Any] = set()
    routes = (context.original_route for context in api_routes(world.api))
    bodies = [route.body_field for route in routes if isinstance(route, APIRoute)]
    assert [name for body in bodies if body for name in loose_lists(body.field_info.annotation, seen)] == []
    assert {"LineInput", "SkuInput", "SkuGrams", "SkuPriceInput", "ProductVersion"} <= {
        model.__name__ for model in seen
    }


def test_one_that_forgets_it_is_found() -> None:
    assert list(loose_lists(_Loose, set())) == ["_Loose.inside", "_Careless.pairs"]
    assert list(loose_lists(_Once, set())) == []


def test_nothing_is_named_twice_but_what_has_no_name_yet() -> None:
    new = {"name": None, "value": 1}
    assert len(_Once.model_validate({"pairs": [new, new, new | {"name": "a"}]}).pairs) == 3
    with pytest.raises(ValidationError) as refused:
        _Once.model_validate({"pairs": [new | {"name": "a"}, {"name": "a", "value": 2}]})
    assert [(one["type"], one["loc"]) for one in refused.value.errors()] == [("named_twice", ("pairs",))]
