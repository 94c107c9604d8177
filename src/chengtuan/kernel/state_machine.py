"""A state machine is a table: which action leads from which states to which state."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)


class IllegalTransition(Exception):
    """The action is not allowed in this state."""


@dataclass(frozen=True, slots=True)
class Transition(Generic[S]):
    sources: frozenset[S]
    target: S


class StateMachine(Generic[S, A]):
    """Reads like a table and is enforced like one; SQL conditions are taken from it too."""

    def __init__(self, table: Mapping[A, tuple[set[S], S]]) -> None:
        self._table = {action: Transition(frozenset(sources), target) for action, (sources, target) in table.items()}

    def sources(self, action: A) -> list[str]:
        """The states in which the action is allowed, as values for `status = any(...)`."""
        return sorted(state.value for state in self._table[action].sources)

    def target(self, action: A) -> S:
        return self._table[action].target

    def allows(self, state: S, action: A) -> bool:
        return state in self._table[action].sources

    def after(self, state: S, action: A) -> S:
        """The state that follows. Raises IllegalTransition."""
        if not self.allows(state, action):
            raise IllegalTransition(f"{action} in state {state}")
        return self._table[action].target

    def transitions(self) -> dict[A, Transition[S]]:
        return dict(self._table)
