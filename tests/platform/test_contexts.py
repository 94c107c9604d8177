"""A module's context is filled from what there is; what is missing is said at start, not at the first use."""

from dataclasses import dataclass, fields
from typing import Any

import pytest

from chengtuan.kernel.clock import Clock
from chengtuan.platform.facades import Facade
from chengtuan.platform.module import Dependencies


class Sweets(Facade):
    module = "sweets"


@dataclass(frozen=True)
class Tasting:
    clock: Clock
    sweets: Sweets
    spoons: int


def dependencies(**facades: Facade) -> Dependencies:
    given: dict[str, Any] = {each.name: f"the {each.name}" for each in fields(Dependencies)}
    return Dependencies(**given | {"facades": {type(one): one for one in facades.values()}})


def test_a_context_is_filled_by_name_and_by_type() -> None:
    sweets = Sweets()
    context = dependencies(sweets=sweets).context(Tasting, spoons=3)
    assert (str(context.clock), context.sweets, context.spoons) == ("the clock", sweets, 3)


def test_what_is_missing_or_unknown_is_refused() -> None:
    deps = dependencies(sweets=Sweets())
    with pytest.raises(TypeError, match="spoons"):
        deps.context(Tasting)
    with pytest.raises(TypeError, match="forks"):
        deps.context(Tasting, spoons=1, forks=1)
    with pytest.raises(KeyError):
        dependencies().context(Tasting, spoons=1)
