"""What people were told, held against what is stored: a yes is there once, and a no is one."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Request: TypeAlias = tuple[str, str]
"""Who asked, and the Idempotency-Key: a request may be sent any number of times."""
Stored: TypeAlias = tuple[str, str, str]
"""Who asked, the Idempotency-Key, and the id of what they have."""


@dataclass
class Told:
    """`got` are the ids that a request was answered with, `refused` the codes of the problems."""

    got: dict[Request, set[str]] = field(default_factory=dict)
    refused: dict[Request, set[str]] = field(default_factory=dict)

    def hear(self, who: object, key: object, status: int, body: dict[str, Any]) -> None:
        """A final answer: whoever was told to come again has not been told anything yet."""
        request = (str(who), str(key))
        if status == 201:
            self.got.setdefault(request, set()).add(str(body["id"]))
        else:
            self.refused.setdefault(request, set()).add(str(body["code"]))

    @property
    def codes(self) -> Counter[str]:
        """How many requests were refused why."""
        return Counter(code for codes in self.refused.values() for code in codes)

    def lies(self, stored: Iterable[Stored]) -> Iterator[str]:
        """Whatever was told and is not so, or is so and was never told."""
        has: dict[Request, list[str]] = {}
        for who, key, what in stored:
            has.setdefault((who, key), []).append(what)
        for request in has.keys() | self.got.keys() | self.refused.keys():
            wrong = _lie(has.get(request, []), self.got.get(request, set()), self.refused.get(request, set()))
            if wrong is not None:
                yield f"{wrong} (person {request[0]}, key {request[1]})"


def _lie(has: list[str], got: set[str], refused: set[str]) -> str | None:
    if len(has) > 1:
        return f"one request is there {len(has)} times: {', '.join(sorted(has))}"
    if got - set(has):
        return f"acknowledged, and not there: {', '.join(sorted(got - set(has)))}"
    if got and refused:
        return f"told yes and no: {', '.join(sorted(refused))}"
    if has and refused:
        return f"told no, and there: {has[0]}, {', '.join(sorted(refused))}"
    if has and not got:
        return f"there, and nobody was told: {has[0]}"
    return None
