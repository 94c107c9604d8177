"""Requests that wait: answered when something changes, when their time is over, when the process is to end."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from fastapi import Request

from chengtuan.apps.ending import told_to_end
from chengtuan.kernel.problems import Overloaded, TooManyRequests
from chengtuan.platform.http import waiting
from chengtuan.platform.http.budget import Budget
from chengtuan.platform.http.sse import sse_response
from chengtuan.platform.http.waiting import FOR_EVER, WaitingRoom
from chengtuan.platform.live import LiveHub

PATIENCE_S = 30.0


class Client:
    """A request of somebody who may go away."""

    def __init__(self, address: str = "198.51.100.1") -> None:
        self.gone = asyncio.Event()
        self.request = Request({"type": "http", "client": (address, 0), "headers": []}, self._receive)

    async def _receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}


@pytest.fixture
def live() -> LiveHub:
    return LiveHub("")


@pytest.fixture
def room(live: LiveHub) -> WaitingRoom:
    return WaitingRoom(live)


async def _looks(room: WaitingRoom, client: Client, seconds: float = 30, person: Any = None) -> int:
    """How often somebody looked who waits till the end."""
    looks = 0
    with room.turn(client.request, "topic", seconds, person) as turn:
        while True:
            looks += 1
            if not await turn.again():
                return looks


async def _until_waiting(room: WaitingRoom, count: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while len(room._turns) < count:
            await asyncio.sleep(0)
        await asyncio.sleep(0)


async def test_who_does_not_wait_looks_once(room: WaitingRoom) -> None:
    assert [await _looks(room, Client(), seconds) for seconds in (0, -1)] == [1, 1]


async def test_a_change_is_a_reason_to_look_and_so_is_the_end_of_the_time(room: WaitingRoom, live: LiveHub) -> None:
    task = asyncio.create_task(_looks(room, Client(), 0.2))
    await _until_waiting(room, 1)
    live.publish("topic")
    live.publish("another topic")
    async with asyncio.timeout(PATIENCE_S):
        assert await task == 3
    assert not live._listeners


async def test_a_change_between_looking_and_waiting_is_heard(room: WaitingRoom, live: LiveHub) -> None:
    with room.turn(Client().request, "topic", 30) as turn:
        live.publish("topic")
        async with asyncio.timeout(PATIENCE_S):
            assert await turn.again()


async def test_a_lost_notification_is_made_up_for(room: WaitingRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LOOK_AGAIN_S", 0.01)
    with room.turn(Client().request, "topic", 30) as turn:
        async with asyncio.timeout(PATIENCE_S):
            assert await turn.again()


async def test_a_place_is_free_again_when_its_client_goes_away(room: WaitingRoom) -> None:
    client = Client()
    task = asyncio.create_task(_looks(room, client))
    await _until_waiting(room, 1)
    client.gone.set()
    async with asyncio.timeout(PATIENCE_S):
        assert await task == 1
    assert (room._strangers.held, len(room._turns)) == (0, 0)


async def test_at_the_end_everybody_is_answered_and_nobody_waits_any_more(room: WaitingRoom) -> None:
    tasks = [asyncio.create_task(_looks(room, Client(), seconds)) for seconds in (30, FOR_EVER)]
    await _until_waiting(room, 2)
    room.close()
    async with asyncio.timeout(PATIENCE_S):
        assert await asyncio.gather(*tasks) == [1, 1]
        assert await _looks(room, Client()) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_process_hears_that_it_is_to_end(number: signal.Signals) -> None:
    told, heard = asyncio.Event(), []
    mine = signal.signal(number, lambda *_: heard.append(True))
    try:
        with told_to_end(told.set):
            os.kill(os.getpid(), number)
            async with asyncio.timeout(PATIENCE_S):
                await told.wait()
        assert heard == [True], "what the server does at its end it goes on doing"
    finally:
        signal.signal(number, mine)


async def test_places_are_few_and_nobody_has_many(room: WaitingRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    room._known, room._strangers = Budget(3, 2), Budget(2, 1)
    ann, ben = uuid4(), uuid4()
    tasks = [asyncio.create_task(_looks(room, Client(), 30, ann)) for _ in range(2)]
    tasks.append(asyncio.create_task(_looks(room, Client("192.0.2.1"))))
    await _until_waiting(room, 3)
    with pytest.raises(TooManyRequests):
        await _looks(room, Client(), 30, ann)
    with pytest.raises(TooManyRequests):
        await _looks(room, Client("192.0.2.1"))
    assert await _looks(room, Client(), 0, ann) == 1, "who does not wait needs no place"
    tasks.append(asyncio.create_task(_looks(room, Client(), 30, ben)))
    await _until_waiting(room, 4)
    with pytest.raises(Overloaded):
        await _looks(room, Client(), 30, uuid4())
    room.close()
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*tasks)
    assert (room._known.held, room._strangers.held, room._turns) == (0, 0, set())


async def test_thousands_may_wait_and_take_little(room: WaitingRoom) -> None:
    """As many as there is place for; one more is told so."""
    tasks = [asyncio.create_task(_looks(room, Client(), 30, uuid4())) for _ in range(waiting.OF_KNOWN)]
    await _until_waiting(room, waiting.OF_KNOWN)
    with pytest.raises(Overloaded):
        await _looks(room, Client(), 30, uuid4())
    assert await _looks(room, Client(), 0.01) > 0, "strangers have places of their own"
    room.close()
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*tasks)


async def test_a_stream_that_finds_no_place_is_refused_before_it_begins(room: WaitingRoom) -> None:
    room._strangers = Budget(0, 1)

    async def messages() -> AsyncIterator[str]:
        with room.turn(Client().request, "topic", FOR_EVER):
            yield "never"

    with pytest.raises(Overloaded):
        await sse_response(messages())
