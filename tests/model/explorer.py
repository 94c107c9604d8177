"""A small model checker: follow every interleaving of named steps, and look at every state reached."""

from collections import deque
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

S = TypeVar("S", bound=Hashable)


@dataclass(frozen=True)
class Exploration(Generic[S]):
    """`violation` is the shortest way to a bad state: the steps, and what is wrong there."""

    states: int
    steps: int
    violation: tuple[list[str], str] | None


def explore(
    start: S,
    moves: Callable[[S], Iterable[tuple[str, S]]],
    wrong: Callable[[S], str | None],
    stuck: Callable[[S], str | None] = lambda _: None,
    *,
    limit: int = 3_000_000,
) -> Exploration[S]:
    """Breadth first, so that a violation's path is as short as it can be.

    `wrong` looks at every state, `stuck` at those from which no step leads to another one.
    """
    came_from: dict[S, tuple[S, str] | None] = {start: None}
    queue: deque[S] = deque([start])
    steps = 0
    while queue:
        state = queue.popleft()
        problem = wrong(state)
        if problem is not None:
            return Exploration(len(came_from), steps, (_path(came_from, state), problem))
        leads_on = False
        for name, following in moves(state):
            steps += 1
            leads_on = leads_on or following != state
            if following not in came_from:
                came_from[following] = (state, name)
                queue.append(following)
        if not leads_on and (problem := stuck(state)) is not None:
            return Exploration(len(came_from), steps, (_path(came_from, state), problem))
        if len(came_from) > limit:
            raise RuntimeError(f"more than {limit} states: make the model smaller")
    return Exploration(len(came_from), steps, None)


def _path(came_from: dict[S, tuple[S, str] | None], state: S) -> list[str]:
    names: list[str] = []
    while (origin := came_from[state]) is not None:
        state, name = origin
        names.append(name)
    return names[::-1]
