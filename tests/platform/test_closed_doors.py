"""Closed doors: everybody is refused alike, but for those who may be asking again, and until something changes."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from chengtuan.kernel.problems import NotFound, Overloaded
from chengtuan.platform.http import closed
from chengtuan.platform.http.closed import ClosedDoors, Door
from chengtuan.platform.live import LiveHub

PATH, OTHER, TOPIC = "/things/1/takers", "/things/1/askers", "thing:1"
MINE = str(uuid4())


class Judge:
    """Finds doors closed; `meanwhile` something changes."""

    def __init__(self, *doors: Door, meanwhile: LiveHub | None = None, error: Exception | None = None) -> None:
        self.doors = doors
        self.asked: list[Mapping[str, Door]] = []
        self._meanwhile = meanwhile
        self._error = error

    async def __call__(self, before: Mapping[str, Door]) -> Sequence[Door]:
        self.asked.append(before)
        if self._meanwhile:
            self._meanwhile.publish(TOPIC)
        if self._error:
            raise self._error
        return self.doors


@pytest.fixture
def live() -> LiveHub:
    return LiveHub("")


@pytest.fixture
def doors(live: LiveHub, monkeypatch: pytest.MonkeyPatch) -> ClosedDoors:
    monkeypatch.setattr(closed, "TRUSTED_S", 3600)
    monkeypatch.setattr(closed, "REST_S", 0)
    return ClosedDoors(live)


def door(path: str, *keys: str) -> Door:
    return Door(path, NotFound(), frozenset(key.encode() for key in keys))


BOTH = (door(PATH, MINE), door(OTHER))


def refused(doors: ClosedDoors, path: str, **headers: str) -> tuple[dict[str, Any], bytes] | None:
    given = {"content-length": "80", "idempotency-key": str(uuid4())} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    answer = doors.refusal(path, [(name.encode(), value.encode()) for name, value in given.items() if value])
    return (dict(answer[0]), bytes(answer[1]["body"])) if answer else None


async def test_everybody_is_refused_but_who_may_be_asking_again(doors: ClosedDoors) -> None:
    assert not refused(doors, PATH)
    await doors.close(TOPIC, Judge(*BOTH))
    assert refused(doors, PATH)
    assert refused(doors, OTHER)
    for spelling in (MINE, MINE.upper(), f"{{{MINE}}}", MINE.replace("-", "")):
        assert not refused(doors, PATH, idempotency_key=spelling), spelling
    assert not refused(doors, PATH, idempotency_key=""), "without a key there is something else to say"
    assert not refused(doors, "/things/2/takers")


@pytest.mark.parametrize("headers", [{"content_length": "10000"}, {"transfer_encoding": "chunked"}])
async def test_a_large_body_is_left_to_those_who_read_bodies(doors: ClosedDoors, headers: dict[str, str]) -> None:
    await doors.close(TOPIC, Judge(*BOTH))
    assert not refused(doors, OTHER, **headers)
    assert refused(doors, OTHER, content_length="9999")


async def test_the_answer_is_a_problem_document_with_all_headers(doors: ClosedDoors) -> None:
    await doors.close(TOPIC, Judge(Door(OTHER, Overloaded(retry_after_s=7), ())))
    answer = refused(doors, OTHER)
    assert answer is not None
    start, body = answer
    headers, problem = dict(start["headers"]), json.loads(body)
    assert (start["status"], headers[b"content-type"]) == (Overloaded.status, b"application/problem+json")
    assert (problem["code"], problem["instance"]) == (Overloaded.code, OTHER)
    assert problem["request_id"] == headers[b"x-request-id"].decode()
    assert int(headers[b"content-length"]) == len(body)
    assert (headers[b"cache-control"], headers[b"retry-after"]) == (b"no-store", b"7")
    assert b"x-content-type-options" in headers


async def test_doors_open_when_something_changes_and_are_not_closed_by_what_was_before(
    doors: ClosedDoors, live: LiveHub
) -> None:
    await doors.close(TOPIC, Judge(*BOTH))
    live.publish("thing:2")
    assert refused(doors, OTHER)
    live.publish(TOPIC)
    assert not refused(doors, OTHER)
    await doors.close(TOPIC, Judge(*BOTH, meanwhile=live))
    assert not refused(doors, OTHER)
    await doors.close(TOPIC, Judge(*BOTH))
    assert refused(doors, OTHER)


async def test_a_crowd_asks_once(doors: ClosedDoors, live: LiveHub) -> None:
    """Also where nothing is closed; but again after each change."""
    nothing = Judge()
    for _ in range(5):
        await doors.close(TOPIC, nothing)
    assert len(nothing.asked) == 1
    live.publish(TOPIC)
    await doors.close(TOPIC, nothing)
    assert len(nothing.asked) == 2


async def test_judging_rests_whatever_it_is_about(doors: ClosedDoors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closed, "REST_S", 3600)
    await doors.close(TOPIC, Judge(*BOTH))
    other = Judge()
    await doors.close("thing:2", other)
    assert other.asked == []


async def test_what_was_found_before_is_told_unless_something_changed(
    live: LiveHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closed, "TRUSTED_S", 0.0)
    monkeypatch.setattr(closed, "REST_S", 0)
    doors, judge = ClosedDoors(live), Judge(*BOTH)
    await doors.close(TOPIC, judge)
    assert not refused(doors, OTHER), "nobody is refused for longer than is trusted"
    await doors.close(TOPIC, judge)
    live.publish(TOPIC)
    await doors.close(TOPIC, judge)
    assert [set(before) for before in judge.asked] == [set(), {PATH, OTHER}, set()]


async def test_only_so_many_keys_are_kept(doors: ClosedDoors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closed, "MAX_KEYS", 5)
    for number in range(4):
        await doors.close(f"thing:{number}", Judge(door(f"/{number}", str(uuid4()), str(uuid4()))))
    assert [bool(refused(doors, f"/{number}")) for number in range(4)] == [False, False, True, True]
    assert doors._keys == 4


async def test_only_so_many_doors_are_kept(doors: ClosedDoors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closed, "MAX_TOPICS", 2)
    for number in range(3):
        await doors.close(f"thing:{number}", Judge(door(f"/{number}")))
    assert [bool(refused(doors, f"/{number}")) for number in range(3)] == [False, True, True]


@pytest.mark.parametrize("error", [psycopg.OperationalError(), TimeoutError(), Overloaded(retry_after_s=1)])
async def test_nobody_hears_of_a_judge_who_cannot_ask(doors: ClosedDoors, error: Exception) -> None:
    await doors.close(TOPIC, Judge(error=error))
    await doors.close(TOPIC, Judge(*BOTH))
    assert refused(doors, OTHER)


async def test_a_judge_who_is_wrong_is_heard_of(doors: ClosedDoors) -> None:
    with pytest.raises(KeyError):
        await doors.close(TOPIC, Judge(error=KeyError()))
