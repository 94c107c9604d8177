"""How a fact is read: its queries go to the server together with those of all others, in one round trip."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString, TypeAlias

from chengtuan.modules.trade.admission.rules.wish import Mode, Wish
from chengtuan.modules.trade.states import NOT_TAKING
from chengtuan.platform.arrays import array

Params: TypeAlias = dict[str, object]
_NOT_TAKING = array(NOT_TAKING)


@dataclass(frozen=True, slots=True)
class Asked:
    """A batch of wishes, and when it is judged."""

    wishes: Sequence[Wish]
    now: datetime

    def params(self) -> Params:
        """The parameters that every query may name."""
        askers = [(user_id, wish.request_id) for wish in self.wishes for user_id in wish.buyer_ids]
        return {
            "now": self.now,
            "groups": array(wish.group_id for wish in self.wishes if wish.group_id),
            "activities": array(wish.activity_id for wish in self.wishes if wish.activity_id),
            "skus": array(line.sku_id for wish in self.wishes for line in wish.lines),
            "users": array(user_id for user_id, _ in askers),
            "requests": array(request_id for _, request_id in askers),
            "not_taking": _NOT_TAKING,
        }


@dataclass(slots=True)
class Query:
    """Rows of `kind`. `locked` is the same with the rows locked; `held` instead locks what is free and answers the ids
    that are not, so that nobody is waited for."""

    kind: Callable[..., Any]
    sql: LiteralString
    locked: LiteralString | None = None
    held: LiteralString | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """`fold` makes fields of the snapshot from the rows of each query, `params` adds parameters of its own.

    Where it `concerns` no wish of a batch, nothing is read, and the fields are empty as the snapshot has them.
    """

    name: str
    queries: tuple[Query, ...]
    fold: Callable[[Sequence[list[Any]]], Mapping[str, Any]]
    params: Callable[[Asked], Params] = lambda _: {}
    concerns: Callable[[Wish], bool] = lambda _: True

    def asked_for(self, asked: Asked) -> bool:
        return any(map(self.concerns, asked.wishes))


def of_an_activity(wish: Wish) -> bool:
    return wish.mode is not Mode.SOLO


def joining(wish: Wish) -> bool:
    return wish.mode is Mode.JOIN


@dataclass(frozen=True, slots=True)
class Held:
    """A row that somebody else holds."""

    id: Any
