"""Whatever is sent to whichever route by whomever: an answer, named where it is a refusal, and nothing half done."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import httpx
from fastapi.exceptions import RequestValidationError

from chengtuan.kernel.problems import Problem
from chengtuan.platform.database import Database, WriteSession
from tests.proofs.ground import Ground
from tests.proofs.odd.requests import Wish, spoiled
from tests.proofs.odd.stage import Stage, open_stage
from tests.proofs.proof import Control, Proof, Result

REQUESTS = 300
"""Of a round."""
_PATIENCE_S = 20.0
_ENOUGH = 5
"""Violations, after which a round ends."""
_ATTEMPTS = {"accounts.phone_code"}
"""A wrong code is counted where it is wrong."""
_PROVIDERS = "FAIL"


async def send_oddities(ground: Ground, seed: int) -> Result:
    chance = random.Random(seed)
    result = Result()
    async with open_stage(ground) as stage:
        for number in range(REQUESTS):
            if number % 20 == 0:
                stage.forgive()
            wish = spoiled(chance.choice(stage.rights), stage.library, chance)
            result.violations += await _judged(stage, wish, result.figures)
            if len(result.violations) >= _ENOUGH:
                break
    return result


async def _judged(stage: Stage, wish: Wish, figures: Counter[str]) -> list[str]:
    about = f"{wish.method} {wish.target[:200]} as {wish.caller}, {wish.odd}"
    try:
        async with asyncio.timeout(_PATIENCE_S):
            answer = await stage.send(wish)
    except Exception as error:  # noqa: BLE001  (no answer is a finding, whatever the cause)
        return [f"no answer: {about}: {error!r}"]
    figures.update(["requests", f"answered {answer.status_code // 100}xx"])
    said = f"{about}, {wish.payload[:200]!r}: {answer.status_code} {answer.text[:300]}"
    changed = set(stage.changes())
    found = []
    if answer.status_code >= 500:
        found.append(f"an internal error: {said}")
    if answer.status_code >= 400:
        found += [f"not a problem document ({why}): {said}" for why in _not_a_problem(wish, answer)]
        if changed - _ATTEMPTS:
            found.append(f"a refusal changed {sorted(changed)}: {said}")
    return found


def _not_a_problem(wish: Wish, answer: httpx.Response) -> Iterator[str]:
    if answer.headers.get("content-type") != "application/problem+json":
        yield "its type"
    if wish.method == "HEAD":
        return
    try:
        document = answer.json()
    except ValueError:
        yield "no JSON"
        return
    missing = {"type", "title", "status", "detail", "code", "instance", "request_id"} - document.keys()
    if missing:
        yield f"without {', '.join(sorted(missing))}"
    elif document["status"] != answer.status_code:
        yield "another status"
    elif document["code"] not in {*Problem.all_kinds(), _PROVIDERS}:
        yield "an unknown code"


@contextlib.contextmanager
def _stumbling(_: Ground) -> Iterator[None]:
    """A planted mistake: whoever says what is wrong with a field did not think of ids that are none."""
    errors = RequestValidationError.errors

    def stumble(self: RequestValidationError) -> Sequence[Any]:
        found = errors(self)
        return [{"uuid_type": each}[each["type"]] if each["type"].startswith("uuid") else each for each in found]

    with _patched(RequestValidationError, "errors", stumble):
        yield


@contextlib.contextmanager
def _half_done(_: Ground) -> Iterator[None]:
    """What was refused is committed as far as it came."""
    write = Database.write

    @contextlib.asynccontextmanager
    async def careless(self: Database, **how: Any) -> AsyncIterator[WriteSession]:
        refused: Problem | None = None
        async with write(self, **how) as tx:
            try:
                yield tx
            except Problem as problem:
                refused = problem
        if refused is not None:
            raise refused

    with _patched(Database, "write", careless):
        yield


@contextlib.contextmanager
def _patched(holder: object, name: str, other: object) -> Iterator[None]:
    ours = getattr(holder, name)
    setattr(holder, name, other)
    try:
        yield
    finally:
        setattr(holder, name, ours)


PROOF = Proof(
    slug="oddities",
    claim=(
        "Every route, asked by nobody, by shoppers, owners and the platform's staff, with an oddity in one place"
        " (path, query, headers, cursor, any field of the body, the body as a whole), answers: never an internal error,"
        " every refusal is a problem document with a code of ours, and a refusal leaves every table as it was."
    ),
    rule="7",
    round=send_oddities,
    short=1,
    long=150,
    controls=[
        Control(
            name="planted",
            removed="the answer to an id that is none (a planted mistake)",
            shows="an internal error",
            without=_stumbling,
        ),
        Control(
            name="half-done",
            removed="the rollback of what is refused",
            shows="a refusal changed",
            without=_half_done,
            long_only=True,
        ),
    ],
)
