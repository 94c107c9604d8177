"""Ids, clocks, states, pages, texts and problems."""

import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengtuan.kernel.clock import SHANGHAI, FileOffsetClock, MovableClock, SystemClock, clock_for
from chengtuan.kernel.ids import new_id
from chengtuan.kernel.pagination import BadCursor, decode_cursor, encode_cursor, page_of
from chengtuan.kernel.problems import PROBLEM_TYPE_PREFIX, InvalidRequest, Problem, TooManyRequests, UnknownProblem
from chengtuan.kernel.state_machine import IllegalTransition, StateMachine
from chengtuan.kernel.text import in_language


def test_ids_are_uuid_version_7_of_this_millisecond() -> None:
    before = time.time_ns() // 1_000_000
    made = new_id()
    after = time.time_ns() // 1_000_000
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert before - 1 <= made.int >> 80 <= after + 1


def test_ids_rise_within_a_process_whoever_makes_them() -> None:
    made: list[list[UUID]] = [[] for _ in range(4)]

    def make(place: list[UUID]) -> None:
        place.extend(new_id() for _ in range(5000))

    threads = [threading.Thread(target=make, args=(place,)) for place in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(place == sorted(place) for place in made)
    assert len({one for place in made for one in place}) == 20_000


def test_ids_rise_even_when_the_systems_time_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    first = new_id()
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    assert new_id() > first


_FORKED = (
    "from chengtuan.kernel.ids import new_id; new_id(); child = os.fork();"
    " os.write(1, new_id().bytes[8:].hex().encode() + b'\\n'); child and os.waitpid(child, 0)"
)


@pytest.mark.parametrize(
    ("before", "different"), [("import os; ", 2), ("import os; os.register_at_fork = lambda **_: None; ", 1)]
)
def test_a_forked_process_takes_no_numbers_of_its_parents(before: str, different: int) -> None:
    """The second time without what sees to it."""
    said = subprocess.run([sys.executable, "-c", before + _FORKED], capture_output=True, text=True, check=True)
    assert len(set(said.stdout.split())) == different


def test_clocks_tell_aware_utc() -> None:
    assert SystemClock().now().tzinfo is UTC
    moved = MovableClock(datetime(2026, 6, 1, 12, tzinfo=SHANGHAI))
    assert moved.now() == datetime(2026, 6, 1, 4, tzinfo=UTC)
    moved.advance(timedelta(hours=1))
    assert moved.now() == datetime(2026, 6, 1, 5, tzinfo=UTC)
    moved.move_to(datetime(2026, 7, 1, 8, tzinfo=SHANGHAI))
    assert moved.now().isoformat() == "2026-07-01T00:00:00+00:00"


@pytest.mark.parametrize(("written", "seconds"), [("3600", 3600), ("-60\n", -60), ("", 0), ("soon", 0), (None, 0)])
def test_a_file_moves_the_clock(tmp_path: Path, written: str | None, seconds: int) -> None:
    file = tmp_path / "offset"
    if written is not None:
        file.write_text(written)
    offset = FileOffsetClock(file).now() - datetime.now(UTC)
    assert abs(offset - timedelta(seconds=seconds)) < timedelta(seconds=1)


def test_a_moved_file_is_noticed_within_a_tenth_of_a_second(tmp_path: Path) -> None:
    file = tmp_path / "offset"
    clock = FileOffsetClock(file)
    clock.now()
    file.write_text("100000")
    time.sleep(0.15)
    assert clock.now() > datetime.now(UTC) + timedelta(hours=24)


def test_without_a_file_the_systems_clock_is_used(tmp_path: Path) -> None:
    assert isinstance(clock_for(None), SystemClock)
    assert isinstance(clock_for(tmp_path / "x"), FileOffsetClock)


class Light(StrEnum):
    RED = "red"
    GREEN = "green"
    OFF = "off"


class Act(StrEnum):
    GO = "go"
    BREAK = "break"


LIGHT: StateMachine[Light, Act] = StateMachine(
    {Act.GO: ({Light.RED}, Light.GREEN), Act.BREAK: ({Light.RED, Light.GREEN}, Light.OFF)}
)


@pytest.mark.parametrize("state", Light)
@pytest.mark.parametrize("action", Act)
def test_a_state_machine_allows_what_its_table_says_and_nothing_else(state: Light, action: Act) -> None:
    allowed = {(Light.RED, Act.GO), (Light.RED, Act.BREAK), (Light.GREEN, Act.BREAK)}
    assert LIGHT.allows(state, action) == ((state, action) in allowed)
    assert (state.value in LIGHT.sources(action)) == ((state, action) in allowed)
    if (state, action) in allowed:
        assert LIGHT.after(state, action) == LIGHT.target(action)
    else:
        with pytest.raises(IllegalTransition):
            LIGHT.after(state, action)


def test_the_table_can_be_read_but_not_changed_through_the_machine() -> None:
    LIGHT.transitions().clear()
    assert LIGHT.sources(Act.BREAK) == ["green", "red"]


@given(st.lists(st.one_of(st.text(), st.integers()), max_size=4))
def test_a_cursor_comes_back_as_it_went(parts: list[str | int]) -> None:
    assert decode_cursor(encode_cursor(*parts), [str] * len(parts)) == tuple(str(part) for part in parts)


@pytest.mark.parametrize("cursor", [None, ""])
def test_no_cursor_means_the_first_page(cursor: str | None) -> None:
    assert decode_cursor(cursor, [int]) is None


@given(st.text(min_size=1, max_size=60))
def test_a_made_up_cursor_is_a_named_problem(cursor: str) -> None:
    try:
        decode_cursor(cursor, [UUID, int])
    except BadCursor:
        return
    pytest.fail("it was taken for one of ours")


@pytest.mark.parametrize("wrong", [("x", 1), (1,), (1, 2, 3), ({},)])
def test_a_cursor_of_another_list_is_a_named_problem(wrong: tuple[str | int, ...]) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(encode_cursor(*wrong), [int, int])


@pytest.mark.parametrize(("rows", "items", "more"), [(0, 0, False), (3, 3, False), (4, 3, True)])
def test_a_page_knows_whether_there_is_another(rows: int, items: int, more: bool) -> None:
    page = page_of(list(range(rows)), 3, str)
    assert len(page.items) == items
    assert page.next_cursor == ("2" if more else None)


@pytest.mark.parametrize(
    ("text", "language", "shown"),
    [
        ({"zh-Hant": "繁", "en": "E"}, "en", "E"),
        ({"zh-Hant": "繁", "en": "E"}, "zh-Hans", "繁"),
        ({"zh-Hans": "简", "en": "E"}, "zh-Hant", "简"),
        ({"en": "E"}, "zh-Hant", "E"),
        ({"zh-Hant": "", "en": "E"}, "zh-Hant", "E"),
        ({"fr": "F"}, "en", "F"),
        ({}, "en", ""),
    ],
)
def test_a_missing_language_falls_back_in_order(text: dict[str, str], language: str, shown: str) -> None:
    assert in_language(text, language) == shown


def test_a_problem_survives_the_way_as_a_document() -> None:
    sent = TooManyRequests("slowly", retry_after_s=7)
    body = sent.to_body()
    assert body["type"] == PROBLEM_TYPE_PREFIX + "platform/too-many-requests"
    came = Problem.from_body(body | {"instance": "/x", "request_id": "1"})
    assert type(came) is TooManyRequests
    assert (came.detail, came.extension) == ("slowly", {"retry_after_s": 7})


def test_an_unknown_document_is_an_unknown_problem() -> None:
    assert type(Problem.from_body({"code": "new/one", "detail": "x"})) is UnknownProblem
    assert type(Problem.from_body({})) is UnknownProblem


def test_two_problems_cannot_share_a_code() -> None:
    with pytest.raises(TypeError, match="duplicate"):
        type("Again", (Problem,), {"code": InvalidRequest.code, "status": 422, "title": "x"})
