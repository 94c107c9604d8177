"""Rows that bring terms: what is kept as documents becomes values as a row is read, and nowhere else."""

from collections.abc import Callable
from typing import Any, LiteralString, TypeVar

from chengtuan.modules.trade.activities.rules.eligibility import eligibility_of
from chengtuan.modules.trade.activities.rules.terms import terms_of

T = TypeVar("T")

TOP: LiteralString = "(g.terms -> 'people' -> -1)::int"
"""Of group `g`, `GroupTerms.top`, where nothing else of its terms is read."""

PER_DEVICE: LiteralString = "(a.terms ->> 'per_device')::int"
"""Of flash sale `a`, `FlashTerms.per_device`, likewise."""

_VALUES: dict[str, Callable[[Any], object]] = {"terms": terms_of, "eligibility": eligibility_of}


def with_terms(kind: Callable[..., T]) -> Callable[..., T]:
    """Makes rows of `kind` with values in `terms` and `eligibility`, which are selected as text (`terms::text`).

    Where there are none, they are None.
    """

    def make(**columns: Any) -> T:
        for name, value_of in _VALUES.items():
            if (document := columns.get(name)) is not None:
                columns[name] = value_of(document)
        return kind(**columns)

    return make
