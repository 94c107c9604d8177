"""What the audit of a crowd complains of."""

import pytest

from tests.proofs.told import Told

ANN = ("ann", "k1")


@pytest.mark.parametrize(
    ("answers", "stored", "complaint"),
    [
        ([(201, "h1")], [("h1",)], None),
        ([(201, "h1"), (201, "h1")], [("h1",)], None),
        ([(409, "trade/flash-sold-out")], [], None),
        ([(201, "h1")], [], "acknowledged, and not there"),
        ([(201, "h1")], [("h2",)], "acknowledged, and not there"),
        ([(201, "h1"), (201, "h2")], [("h1",)], "acknowledged, and not there"),
        ([(201, "h1")], [("h1",), ("h2",)], "there 2 times"),
        ([(201, "h1"), (409, "trade/flash-limit")], [("h1",)], "told yes and no"),
        ([(409, "trade/flash-sold-out")], [("h1",)], "told no, and there"),
        ([], [("h1",)], "nobody was told"),
    ],
)
def test_each_lie_is_found(answers: list[tuple[int, str]], stored: list[tuple[str]], complaint: str | None) -> None:
    told = Told()
    for status, what in answers:
        told.hear(*ANN, status, {"id" if status == 201 else "code": what})
    found = list(told.lies([(*ANN, what) for (what,) in stored]))
    assert len(found) == (complaint is not None)
    assert complaint is None or complaint in found[0]
