"""Rows that bring terms: what is kept as documents becomes values as a row is read, and nowhere else."""

from collections.abc import Callable
from typing import Any, TypeVar

from chengtuan.modules.trade.activities.rules.eligibility import eligibility_of
from chengtuan.modules.trade.activities.rules.terms import terms_of

T = TypeVar("T")
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
