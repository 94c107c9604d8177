"""Closed doors: everybody is refused alike, but for those who may be asking again, and until something changes."""

import json
from collections.abc import Sequence
from uuid import uuid4

import pytest

from chengtuan.kernel.problems import NotFound
from chengtuan.platform.http import closed
from chengtuan.platform.http.closed import ClosedDoors, Door
from chengtuan.platform.live import LiveHub

PATH, OTHER, TOPIC = "/things/1/takers", "/things/1/askers", "thing:1"
MINE = str(uuid4())


class Judge:
    """Finds doors closed; `meanwhile` something changes."""

    def __init__(self, *doors: Door, meanwhile: LiveHub | None = None) -> None:
        self.doors = doors
        self.asked = 0
        self._meanwhile = meanwhile

    async def __call__(self) -> Sequence[Door]:
        self.asked += 1
        if self._meanwhile:
            self._meanwhile.publish(TOPIC)
        return self.doors


@pytest.fixture
def live() -> LiveHub:
    return LiveHub("")


@pytest.fixture
def doors(live: LiveHub, monkeypatch: pytest.MonkeyPatch) -> ClosedDoors:
    monkeypatch.setattr(closed, "TRUSTED_S", 3600)
    return ClosedDoors(live)


BOTH = (Door(PATH, NotFound(), [MINE]), Door(OTHER, NotFound()))


def is_refused(doors: ClosedDoors, path: str = PATH, *, key: str | None = None, **headers: str) -> bool:
    given = {"content-length": "80"} | ({"idempotency-key": key} if key else {}) | headers
    return doors.refusal(path, [(name.encode(), value.encode()) for name, value in given.items()]) is not None


async def test_everybody_is_refused_but_who_may_be_asking_again(doors: ClosedDoors) -> None:
    assert not is_refused(doors, key=str(uuid4()))
    await doors.close(TOPIC, Judge(*BOTH))
    assert is_refused(doors, key=str(uuid4()))
    assert is_refused(doors, OTHER), "no key is needed where none is let through"
    for spelling in (MINE, MINE.upper(), f"{{{MINE}}}", MINE.replace("-", "")):
        assert not is_refused(doors, key=spelling), spelling
    assert not is_refused(doors), "without a key there is something else to say"
    assert not is_refused(doors, "/things/2/takers", key=str(uuid4()))


@pytest.mark.parametrize("headers", [{"content-length": "10000"}, {"transfer-encoding": "chunked"}])
async def test_a_large_body_is_left_to_those_who_read_bodies(doors: ClosedDoors, headers: dict[str, str]) -> None:
    await doors.close(TOPIC, Judge(*BOTH))
    assert not is_refused(doors, OTHER, **headers)
    assert is_refused(doors, OTHER, **{"content-length": "9999"})


async def test_the_answer_is_a_problem_document_with_all_headers(doors: ClosedDoors) -> None:
    await doors.close(TOPIC, Judge(*BOTH))
    answer = doors.refusal(OTHER, [])
    assert answer is not None
    start, body = answer
    headers = dict(start["headers"])
    problem = json.loads(body["body"])
    assert (start["status"], headers[b"content-type"]) == (404, b"application/problem+json")
    assert (problem["code"], problem["instance"]) == ("platform/not-found", OTHER)
    assert problem["request_id"] == headers[b"x-request-id"].decode()
    assert int(headers[b"content-length"]) == len(body["body"])
    assert headers[b"cache-control"] == b"no-store"
    assert b"x-content-type-options" in headers


async def test_doors_open_when_something_changes_and_are_not_closed_by_what_was_before(
    doors: ClosedDoors, live: LiveHub
) -> None:
    await doors.close(TOPIC, Judge(*BOTH))
    live.publish("thing:2")
    assert is_refused(doors, OTHER)
    live.publish(TOPIC)
    assert not is_refused(doors, OTHER)
    await doors.close(TOPIC, Judge(*BOTH, meanwhile=live))
    assert not is_refused(doors, OTHER)
    await doors.close(TOPIC, Judge(*BOTH))
    assert is_refused(doors, OTHER)


async def test_a_crowd_asks_once(doors: ClosedDoors, live: LiveHub) -> None:
    """Also where nothing is closed; but again after each change."""
    nothing = Judge()
    for _ in range(5):
        await doors.close(TOPIC, nothing)
    assert nothing.asked == 1
    live.publish(TOPIC)
    await doors.close(TOPIC, nothing)
    assert nothing.asked == 2


async def test_nobody_is_refused_for_longer_than_is_trusted(live: LiveHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closed, "TRUSTED_S", 0.0)
    doors = ClosedDoors(live)
    await doors.close(TOPIC, Judge(*BOTH))
    assert not is_refused(doors, OTHER)


async def test_only_so_many_doors_are_kept(doors: ClosedDoors) -> None:
    for number in range(closed.MAX_TOPICS + 1):
        await doors.close(f"thing:{number}", Judge(Door(f"/{number}", NotFound())))
    assert not is_refused(doors, "/0")
    assert all(is_refused(doors, f"/{number}") for number in range(1, closed.MAX_TOPICS + 1))
    assert len(doors._closed) == closed.MAX_TOPICS


async def test_a_judge_who_fails_closes_nothing(doors: ClosedDoors) -> None:
    async def fails() -> Sequence[Door]:
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await doors.close(TOPIC, fails)
    await doors.close(TOPIC, Judge(*BOTH))
    assert is_refused(doors, OTHER)
