"""Hot pages: never older than the last commit here, the right time on each, and bounded."""

import asyncio
import gzip
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from chengtuan.kernel.clock import MovableClock
from chengtuan.kernel.problems import NotFound, Overloaded, Unavailable
from chengtuan.platform.http import hot
from chengtuan.platform.http.hot import HotPages, Made, Shown, without_stamp
from chengtuan.platform.live import LiveHub

NOON = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
PATH, TOPIC = "/page", "thing:1"


class Thing:
    """Something that a page shows: `state`, read slowly if `gate` is closed."""

    def __init__(self) -> None:
        self.state = 1
        self.reads = 0
        self.padding = ""
        self.topics: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def page(self) -> Made:
        self.reads += 1
        mark = self.state
        body = {"state": self.state, "padding": self.padding, "now": "2026-06-01T04:00:00.000Z"}
        await self.gate.wait()
        return Made(json.dumps(body, separators=(",", ":")).encode(), mark=mark, topics=self.topics)


@pytest.fixture
def live() -> LiveHub:
    return LiveHub("")


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(NOON)


@pytest.fixture
def pages(live: LiveHub, clock: MovableClock) -> HotPages:
    return HotPages(clock, live)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def kept(pages: HotPages, path: str = PATH, query: str = "", **headers: str) -> Answer | None:
    """What somebody is answered who asks for this, if it is kept."""
    page = pages.find((path, query.encode()))
    if page is None:
        return None
    start, body = page.answer({name.replace("_", "-").encode(): value.encode() for name, value in headers.items()})
    told = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], told, body["body"])


async def test_a_kept_page_is_not_read_again_and_shows_the_time_of_the_answer(
    pages: HotPages, clock: MovableClock
) -> None:
    thing = Thing()
    first = (await pages.page(PATH, [TOPIC], thing.page)).body
    clock.advance(timedelta(milliseconds=400))
    second = (await pages.page(PATH, [TOPIC], thing.page)).body
    assert thing.reads == 1
    assert json.loads(second)["now"] == "2026-06-01T04:00:00.400Z"
    assert without_stamp(first) == without_stamp(second) != second
    answer = kept(pages)
    assert answer is not None
    assert answer.body == second
    assert answer.headers["x-now"] == "2026-06-01T04:00:00.400Z"


async def test_one_writing_of_the_time_does_for_a_moment(live: LiveHub, clock: MovableClock) -> None:
    pages = HotPages(clock, live, tick_s=60.0)
    await pages.page(PATH, [TOPIC], Thing().page)
    clock.advance(timedelta(milliseconds=400))
    answer = kept(pages)
    assert answer is not None
    assert json.loads(answer.body)["now"] == "2026-06-01T04:00:00.000Z"


async def test_who_has_the_page_is_told_that_nothing_changed_and_the_time(
    pages: HotPages, live: LiveHub, clock: MovableClock
) -> None:
    thing = Thing()
    shown = await pages.page(PATH, [TOPIC], thing.page)
    first = kept(pages)
    assert first is not None
    assert first.headers["etag"] == shown.headers["etag"]
    clock.advance(timedelta(milliseconds=400))
    unchanged = kept(pages, if_none_match=f'"other", {first.headers["etag"]}')
    assert unchanged is not None
    assert (unchanged.status, unchanged.body) == (304, b"")
    assert unchanged.headers["x-now"] == "2026-06-01T04:00:00.400Z"
    assert unchanged.headers["etag"] == first.headers["etag"]
    assert not {"content-type", "content-length", "content-encoding"} & set(unchanged.headers)
    thing.state = 2
    live.publish(TOPIC)
    await pages.page(PATH, [TOPIC], thing.page)
    changed = kept(pages, if_none_match=first.headers["etag"])
    assert changed is not None
    assert (changed.status, json.loads(changed.body)["state"]) == (200, 2)


async def test_a_change_drops_the_page_before_anything_else_happens(pages: HotPages, live: LiveHub) -> None:
    thing = Thing()
    await pages.page(PATH, [TOPIC], thing.page)
    thing.state = 2
    live.publish(TOPIC)
    assert kept(pages) is None
    assert json.loads((await pages.page(PATH, [TOPIC], thing.page)).body)["state"] == 2


async def test_a_page_read_while_it_changes_is_not_kept(pages: HotPages, live: LiveHub) -> None:
    thing = Thing()
    thing.gate.clear()
    early = asyncio.create_task(pages.page(PATH, [TOPIC], thing.page))
    await asyncio.sleep(0.01)
    thing.state = 2
    live.publish(TOPIC)
    late = asyncio.create_task(pages.page(PATH, [TOPIC], thing.page))
    await asyncio.sleep(0.01)
    thing.gate.set()
    assert json.loads((await late).body)["state"] == 2, "whoever asks after a change must not get the reading before it"
    assert json.loads((await early).body)["state"] == 1
    assert json.loads((await pages.page(PATH, [TOPIC], thing.page)).body)["state"] == 2
    assert thing.reads == 2


async def test_a_crowd_at_a_page_that_has_gone_reads_it_once_and_may_leave(pages: HotPages, live: LiveHub) -> None:
    """Whether they come through the route or before the framework."""
    thing = Thing()
    await pages.page(PATH, [TOPIC], thing.page)
    live.publish(TOPIC)
    thing.gate.clear()
    early = [asyncio.create_task(pages.again((PATH, b""))) for _ in range(20)]
    routed = [asyncio.create_task(pages.page(PATH, [TOPIC], thing.page)) for _ in range(20)]
    await asyncio.sleep(0.01)
    early[0].cancel()
    routed[0].cancel()
    thing.gate.set()
    found = await asyncio.gather(*early[1:])
    answers = await asyncio.gather(*routed[1:])
    assert thing.reads == 2
    assert {answer.body for answer in answers} == {page.body for page in found if page}
    assert await pages.again(("/never asked for", b"")) is None


async def test_no_more_wait_than_there_is_room_for(pages: HotPages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hot, "MAX_WAITING", 3)
    thing = Thing()
    thing.gate.clear()
    asked = [asyncio.create_task(pages.page(PATH, [TOPIC], thing.page)) for _ in range(5)]
    await asyncio.sleep(0.01)
    thing.gate.set()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(answer) for answer in answers] == [Shown] * 3 + [Overloaded] * 2
    assert json.loads((await pages.page(PATH, [TOPIC], thing.page)).body)["state"] == 1, "they have left"


async def test_no_page_grows_old(live: LiveHub, clock: MovableClock) -> None:
    thing, pages = Thing(), HotPages(clock, live, max_age_s=0.05)
    await pages.page(PATH, [TOPIC], thing.page)
    await asyncio.sleep(0.06)
    assert kept(pages) is None
    await pages.page(PATH, [TOPIC], thing.page)
    clock.advance(timedelta(seconds=1))
    assert kept(pages) is None, "a moved clock counts too"


async def test_a_page_that_ages_is_given_while_it_is_read_again_by_one(live: LiveHub, clock: MovableClock) -> None:
    thing, pages = Thing(), HotPages(clock, live, max_age_s=60.0)
    await pages.page(PATH, [TOPIC], thing.page)
    pages._pages[(PATH, b"")].read_at -= 40
    thing.state = 2
    thing.gate.clear()
    for _ in range(3):
        old = kept(pages)
        await asyncio.sleep(0)
        assert old is not None
        assert json.loads(old.body)["state"] == 1
    thing.gate.set()
    await asyncio.sleep(0.01)
    assert thing.reads == 2
    anew = kept(pages)
    assert anew is not None
    assert json.loads(anew.body)["state"] == 2


async def test_what_changed_is_never_given_while_it_is_read_again(live: LiveHub, clock: MovableClock) -> None:
    thing, pages = Thing(), HotPages(clock, live, max_age_s=60.0)
    await pages.page(PATH, [TOPIC], thing.page)
    pages._pages[(PATH, b"")].read_at -= 40
    thing.gate.clear()
    assert kept(pages) is not None
    await asyncio.sleep(0)
    live.publish(TOPIC)
    thing.state = 2
    assert kept(pages) is None
    later = asyncio.create_task(pages.again((PATH, b"")))
    await asyncio.sleep(0)
    thing.gate.set()
    anew = await later
    assert anew is not None
    assert json.loads(anew.body)["state"] == 2


async def test_a_page_that_changes_all_the_time_is_read_with_a_rest_between(pages: HotPages, live: LiveHub) -> None:
    """Who asks meanwhile waits for the next reading; none of them gets one from before a change."""
    thing, began = Thing(), asyncio.get_running_loop().time()
    for state in range(4):
        thing.state = state
        live.publish(TOPIC)
        answers = await asyncio.gather(
            *(pages.page(PATH, [TOPIC], thing.page, rest_s=0.02) for _ in range(3)), pages.again((PATH, b""))
        )
        assert {answer.mark for answer in answers if answer} == {state}
    assert thing.reads == 4
    assert asyncio.get_running_loop().time() - began >= 3 * 0.02


async def test_a_zipped_answer_holds_the_same_page(pages: HotPages, clock: MovableClock) -> None:
    thing = Thing()
    thing.padding = "成團" * 2000
    await pages.page(PATH, [TOPIC], thing.page)
    for _ in range(3):
        clock.advance(timedelta(milliseconds=7))
        zipped, plain = kept(pages, accept_encoding="br, gzip"), kept(pages)
        assert zipped is not None
        assert plain is not None
        assert gzip.decompress(zipped.body) == plain.body
        assert len(zipped.body) < len(plain.body) / 10
        assert zipped.headers["content-encoding"] == "gzip"
        assert zipped.headers["content-length"] == str(len(zipped.body))
        assert zipped.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"


async def test_a_small_page_is_never_zipped(pages: HotPages) -> None:
    await pages.page(PATH, [TOPIC], Thing().page)
    answer = kept(pages, accept_encoding="gzip")
    assert answer is not None
    assert json.loads(answer.body)["state"] == 1


async def test_that_there_is_no_page_is_kept_until_there_is_one(pages: HotPages, live: LiveHub) -> None:
    reads = 0

    async def missing() -> Made:
        nonlocal reads
        reads += 1
        raise NotFound

    answers = await asyncio.gather(*(pages.page(PATH, [TOPIC], missing) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in answers] == [NotFound] * 3
    assert all(kept(pages) for _ in range(1000))
    assert reads == 1
    answer = kept(pages, if_none_match="*")
    assert answer is not None
    assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json")
    document = json.loads(answer.body)
    assert (document["code"], document["instance"]) == ("platform/not-found", PATH)
    assert document["request_id"] == answer.headers["x-request-id"]
    assert "etag" not in answer.headers
    with pytest.raises(NotFound):
        await pages.page(PATH, [TOPIC], missing)
    assert reads == 1
    live.publish(TOPIC)
    assert kept(pages) is None
    assert json.loads((await pages.page(PATH, [TOPIC], Thing().page)).body)["state"] == 1


async def test_what_goes_wrong_reaches_everybody_and_is_not_kept(pages: HotPages) -> None:
    async def broken() -> Made:
        raise Unavailable(retry_after_s=2)

    answers = await asyncio.gather(*(pages.page(PATH, [TOPIC], broken) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in answers] == [Unavailable] * 3
    assert kept(pages) is None
    assert json.loads((await pages.page(PATH, [TOPIC], Thing().page)).body)["state"] == 1


async def test_pages_are_bounded_in_bytes_and_those_in_use_stay(
    pages: HotPages, monkeypatch: pytest.MonkeyPatch
) -> None:
    thing = Thing()
    await pages.page("/1", ["thing:1"], thing.page)
    monkeypatch.setattr(hot, "MAX_BYTES", 3 * pages._bytes)
    for number in (2, 3):
        await pages.page(f"/{number}", [f"thing:{number}"], thing.page)
    assert kept(pages, "/1") is not None
    await pages.page("/4", ["thing:4"], thing.page)
    assert [n for n in (1, 2, 3, 4) if kept(pages, f"/{n}")] == [1, 3, 4]
    thing.padding = "x" * 2 * hot.MAX_BYTES
    await pages.page("/5", ["thing:5"], thing.page)
    assert (pages._bytes, pages._about, dict(pages._pages)) == (0, {}, {})


async def test_how_pages_are_read_is_remembered_of_so_many(pages: HotPages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hot, "MAX_RECIPES", 2)
    for number in range(5):
        await pages.page(f"/{number}", [f"thing:{number}"], Thing().page)
    assert list(pages._recipes) == [("/3", b""), ("/4", b"")]


async def test_a_huge_page_is_answered_but_not_kept(pages: HotPages) -> None:
    thing = Thing()
    thing.padding = "x" * hot.MAX_PAGE_BYTES
    assert len((await pages.page(PATH, [TOPIC], thing.page)).body) > hot.MAX_PAGE_BYTES
    assert kept(pages) is None


async def test_a_page_about_several_things_is_dropped_by_each_and_leaves_nothing_behind(
    pages: HotPages, live: LiveHub
) -> None:
    thing = Thing()
    thing.topics = ["group:1", "group:2"]
    for topic in (TOPIC, "thing:2", "group:1", "group:2"):
        await pages.page(PATH, [TOPIC, "thing:2"], thing.page)
        assert kept(pages) is not None
        live.publish("something else")
        assert kept(pages) is not None
        thing.state += 1
        live.publish(topic)
        assert kept(pages) is None
        assert (pages._about, dict(pages._pages), pages._readings, pages._bytes) == ({}, {}, {}, 0)
        assert (await pages.page(PATH, [TOPIC, "thing:2"], thing.page)).mark == thing.state
        live.publish(TOPIC)


@pytest.mark.parametrize("known", [True, False])
async def test_what_changes_while_it_is_read_is_not_kept_even_if_only_reading_tells_that_it_is_shown(
    pages: HotPages, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    """And who asked after the change gets it, too. The control hides from the reading what changed meanwhile."""
    if not known:
        monkeypatch.setattr(pages, "drop", lambda _: None)
    thing = Thing()
    thing.topics = ["group:1"]
    thing.gate.clear()
    early = asyncio.create_task(pages.page(PATH, [TOPIC], thing.page))
    await asyncio.sleep(0.01)
    thing.state = 2
    pages.drop("group:1")
    late = asyncio.create_task(pages.page(PATH, [TOPIC], thing.page))
    await asyncio.sleep(0.01)
    thing.gate.set()
    assert (await early).mark == 1
    assert (await late).mark == (2 if known else 1)
    assert (await pages.page(PATH, [TOPIC], thing.page)).mark == (2 if known else 1)


async def test_each_query_has_a_page_of_its_own_and_all_are_dropped_together(pages: HotPages, live: LiveHub) -> None:
    for query in ("", "sort=price", "sort=newest"):
        thing = Thing()
        thing.padding = query
        await pages.page(PATH, [TOPIC], thing.page, query=query.encode())
    for query in ("", "sort=price", "sort=newest"):
        answer = kept(pages, query=query)
        assert answer is not None
        assert json.loads(answer.body)["padding"] == query
    assert kept(pages, query="sort=other") is None
    live.publish(TOPIC)
    assert [kept(pages, query=query) for query in ("", "sort=price", "sort=newest")] == [None] * 3
