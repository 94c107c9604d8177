"""A reason that nobody gives is a promise in the API, in texts and in papers that nothing keeps."""

import re
from enum import StrEnum
from pathlib import Path
from typing import get_args

import pytest

from chengtuan.modules import trade
from chengtuan.modules.trade.groups.http.schemas import Group
from chengtuan.modules.trade.states import CancelReason, FailReason, RefundReason, StopReason

CODE = "\n".join(path.read_text() for path in Path(trade.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("reasons", [FailReason, StopReason, CancelReason, RefundReason])
def test_somebody_gives_each_reason(reasons: type[StrEnum]) -> None:
    given = [each for each in reasons if re.search(rf"\b{reasons.__name__}\.{each.name}\b", CODE)]
    assert given == list(reasons)


def test_clients_are_told_of_the_reasons_that_there_are() -> None:
    """Rule 1."""
    literal, nothing = get_args(Group.model_fields["fail_reason"].annotation)
    assert (set(get_args(literal)), nothing) == (set(FailReason), type(None))
