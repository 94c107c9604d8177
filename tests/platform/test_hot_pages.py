"""Hot pages: never older than the last commit here, the right time on each, and bounded."""

import asyncio
import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chengtuan.kernel.clock import MovableClock
from chengtuan.kernel.problems import NotFound
from chengtuan.platform.http import hot
from chengtuan.platform.http.hot import HotPages, Made, without_stamp
from chengtuan.platform.http.variants import Variants
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


def request(*headers: tuple[bytes, bytes], path: str = PATH, query: str = "") -> dict[str, Any]:
    return {"path": path, "headers": list(headers), "query_string": query.encode()}


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
    kept = pages.answer(request())
    assert kept is not None
    assert kept[1] == second


async def test_a_change_drops_the_page_before_anything_else_happens(pages: HotPages, live: LiveHub) -> None:
    thing = Thing()
    await pages.page(PATH, [TOPIC], thing.page)
    thing.state = 2
    live.publish(TOPIC)
    assert pages.answer(request()) is None
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


async def test_who_asks_at_the_same_time_shares_one_reading_and_may_leave(pages: HotPages) -> None:
    thing = Thing()
    thing.gate.clear()
    asked = [asyncio.create_task(pages.page(PATH, [TOPIC], thing.page)) for _ in range(20)]
    await asyncio.sleep(0.01)
    asked[0].cancel()
    thing.gate.set()
    answers = await asyncio.gather(*asked[1:])
    assert thing.reads == 1
    assert len(set(answers)) == 1


async def test_no_page_grows_old(live: LiveHub, clock: MovableClock) -> None:
    thing, pages = Thing(), HotPages(clock, live, max_age_s=0.05)
    await pages.page(PATH, [TOPIC], thing.page)
    await asyncio.sleep(0.06)
    assert pages.answer(request()) is None
    await pages.page(PATH, [TOPIC], thing.page)
    clock.advance(timedelta(seconds=1))
    assert pages.answer(request()) is None, "a moved clock counts too"


async def test_a_zipped_answer_holds_the_same_page(pages: HotPages, clock: MovableClock) -> None:
    thing = Thing()
    thing.padding = "成團" * 2000
    await pages.page(PATH, [TOPIC], thing.page)
    for _ in range(3):
        clock.advance(timedelta(milliseconds=7))
        zipped, plain = pages.answer(request((b"accept-encoding", b"br, gzip"))), pages.answer(request())
        assert zipped is not None
        assert plain is not None
        assert gzip.decompress(zipped[1]) == plain[1]
        assert len(zipped[1]) < len(plain[1]) / 10
        assert (b"content-encoding", b"gzip") in zipped[0]
        assert (b"content-length", str(len(zipped[1])).encode()) in zipped[0]
        assert (b"vary", b"Accept-Encoding") in zipped[0]
        assert (b"vary", b"Accept-Encoding") in plain[0]


async def test_a_small_page_is_never_zipped(pages: HotPages) -> None:
    await pages.page(PATH, [TOPIC], Thing().page)
    kept = pages.answer(request((b"accept-encoding", b"gzip")))
    assert kept is not None
    assert json.loads(kept[1])["state"] == 1


async def test_a_problem_reaches_everybody_and_is_not_kept(pages: HotPages) -> None:
    async def missing() -> Made:
        raise NotFound

    answers = await asyncio.gather(*(pages.page(PATH, [TOPIC], missing) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in answers] == [NotFound] * 3
    assert json.loads((await pages.page(PATH, [TOPIC], Thing().page)).body)["state"] == 1


async def test_pages_are_bounded_and_those_in_use_stay(pages: HotPages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hot, "MAX_PAGES", 3)
    thing = Thing()
    for number in (1, 2, 3):
        await pages.page(f"/{number}", [f"thing:{number}"], thing.page)
    assert pages.answer(request(path="/1")) is not None
    await pages.page("/4", ["thing:4"], thing.page)
    assert [n for n in (1, 2, 3, 4) if pages.answer(request(path=f"/{n}"))] == [1, 3, 4]


async def test_a_huge_page_is_answered_but_not_kept(pages: HotPages) -> None:
    thing = Thing()
    thing.padding = "x" * hot.MAX_PAGE_BYTES
    assert len((await pages.page(PATH, [TOPIC], thing.page)).body) > hot.MAX_PAGE_BYTES
    assert pages.answer(request()) is None


async def test_a_page_about_several_things_is_dropped_by_each_and_leaves_nothing_behind(
    pages: HotPages, live: LiveHub
) -> None:
    thing = Thing()
    thing.topics = ["group:1", "group:2"]
    for topic in (TOPIC, "thing:2", "group:1", "group:2"):
        await pages.page(PATH, [TOPIC, "thing:2"], thing.page)
        assert pages.answer(request()) is not None
        live.publish("something else")
        assert pages.answer(request()) is not None
        thing.state += 1
        live.publish(topic)
        assert pages.answer(request()) is None
        assert (pages._about, pages._paths, pages._readings, pages._count) == ({}, {}, {}, 0)
        assert (await pages.page(PATH, [TOPIC], thing.page)).mark == thing.state
        live.publish(TOPIC)


@pytest.mark.parametrize("known", [True, False])
async def test_what_changes_while_it_is_read_is_not_kept_even_if_only_reading_tells_that_it_is_shown(
    pages: HotPages, live: LiveHub, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    """The control hides from the reading what changed meanwhile."""
    if not known:
        monkeypatch.setattr(pages, "drop", lambda _: None)
    thing = Thing()
    thing.topics = ["group:1"]
    thing.gate.clear()
    early = asyncio.create_task(pages.page(PATH, [TOPIC], thing.page))
    await asyncio.sleep(0.01)
    thing.state = 2
    pages.drop("group:1")
    thing.gate.set()
    assert (await early).mark == 1
    assert (await pages.page(PATH, [TOPIC], thing.page)).mark == (2 if known else 1)


VARIANTS = Variants(query={"arm": ("a", "b")}, headers={"accept-language": ("en", "zh-Hant")})


async def test_variants_are_kept_apart_and_dropped_together(pages: HotPages, live: LiveHub) -> None:
    things = {arm: Thing() for arm in ("", "a", "b")}
    asked = [("", "en"), ("a", "en"), ("b", "en"), ("b", "zh-Hant")]

    def scope(arm: str, language: str) -> dict[str, Any]:
        return request((b"accept-language", language.encode()), query=f"arm={arm}" if arm else "")

    for state, (arm, language) in enumerate(asked):
        things[arm].state = state
        await pages.page(PATH, [TOPIC], things[arm].page, variants=VARIANTS, scope=scope(arm, language))
    for state, (arm, language) in enumerate(asked):
        kept = pages.answer(scope(arm, language))
        assert kept is not None
        assert json.loads(kept[1])["state"] == state
        assert (b"vary", b"Accept-Language") in kept[0]
    assert pages.answer(scope("a", "zh-Hant")) is None
    live.publish(TOPIC)
    assert [pages.answer(scope(arm, language)) for arm, language in asked] == [None] * 4


@pytest.mark.parametrize("query", ["arm=c", "arm=a&arm=b", "arm=a&x=1", "x", "arm=%61"])
async def test_a_query_that_no_variant_names_is_answered_and_never_kept(pages: HotPages, query: str) -> None:
    thing = Thing()
    for _ in range(2):
        await pages.page(PATH, [TOPIC], thing.page, variants=VARIANTS, scope=request(query=query))
    assert thing.reads == 2
    assert pages.answer(request(query=query)) is None
    await pages.page(PATH, [TOPIC], thing.page, variants=VARIANTS, scope=request())
    assert pages.answer(request(query=query)) is None
    assert pages.answer(request((b"accept-language", b"fr"))) is not None, "as without one"


async def test_strangers_cannot_make_more_pages_than_there_are_variants(pages: HotPages) -> None:
    thing = Thing()
    for number in range(300):
        scope = request((b"accept-language", f"x{number}".encode()), query=f"arm={'abc'[number % 3]}")
        await pages.page(PATH, [TOPIC], thing.page, variants=VARIANTS, scope=scope)
    assert pages._count == 2
    with pytest.raises(ValueError, match="20 variants"):
        Variants(query={"arm": "abc"}, headers={"x": "abcd"})
