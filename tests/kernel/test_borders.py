"""What comes from strangers as bytes, cursors and times: taken within bounds, or refused by name."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengtuan.kernel.calendar import instant_of
from chengtuan.kernel.decimals import decimal
from chengtuan.kernel.json_text import is_clean_json_text
from chengtuan.kernel.pagination import BadCursor, bigint, day, decode_cursor, decode_id_cursor, encode_cursor, instant


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("00017", 17),
        ("9" * 18, 10**18 - 1),
        *((odd, None) for odd in ("", "1" * 5000, "²", "١٢", "-1", " 1")),
    ],
)
def test_a_number_in_a_header_is_of_a_few_plain_digits(text: str, number: int | None) -> None:
    assert decimal(text) == number


@pytest.mark.parametrize(
    ("body", "clean"),
    [
        (b'{"a": "plain"}', True),
        (b'{"a": "\\ud83d\\ude00"}', True),
        (b'{"a": "\\\\u0000 is how NUL is written"}', True),
        (b'{"a": "\\\\\\u0000"}', False),
        (b'{"a": "\\u0000"}', False),
        (b'{"a": "\\uD800"}', False),
        (b'{"a": "\\ude00\\ud83d"}', False),
        (b'{"a": "\\ud83dx\\ude00"}', False),
        (b'{"a": "\\ud83d\\n\\ude00"}', False),
        (b'"\xed\xa0\x80"', False),
    ],
)
def test_text_in_json_is_whole(body: bytes, clean: bool) -> None:
    assert is_clean_json_text(body) is clean


@given(st.text(alphabet=st.characters()))
def test_what_passes_is_what_can_be_stored(text: str) -> None:
    """For any text, written as JSON either way: it passes exactly if PostgreSQL could keep it."""
    storable = "\x00" not in text and not any(0xD800 <= ord(character) < 0xE000 for character in text)
    assert is_clean_json_text(json.dumps(text).encode()) is storable
    if storable:
        assert is_clean_json_text(json.dumps(text, ensure_ascii=False).encode())


@pytest.mark.parametrize(
    "value",
    [
        datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))),
        datetime(1969, 12, 31, tzinfo=UTC),
        datetime(3000, 1, 1, tzinfo=UTC),
        datetime(2026, 6, 1),  # noqa: DTZ001  (a time without an offset is the case)
    ],
)
def test_times_at_the_ends_of_the_calendar_are_no_times(value: datetime) -> None:
    with pytest.raises(ValueError, match=r"needed|offset"):
        instant_of(value)


KINDS = (bigint, instant, day)
GOOD = encode_cursor(7, "2026-06-01T04:00:00+00:00", "2026-06-01")


@pytest.mark.parametrize(
    "cursor",
    [
        encode_cursor(2**63, "2026-06-01T04:00:00+00:00", "2026-06-01"),
        encode_cursor(-(2**63) - 1, "2026-06-01T04:00:00+00:00", "2026-06-01"),
        encode_cursor(7, "0001-01-01T00:00:00+14:00", "2026-06-01"),
        encode_cursor(7, "2026-06-01T04:00:00", "2026-06-01"),
        encode_cursor(7, "2026-06-01T04:00:00+00:00", "2026-13-01"),
        encode_cursor(7, "2026-06-01T04:00:00+00:00"),
        encode_cursor("NaN", "2026-06-01T04:00:00+00:00", "2026-06-01"),
        encode_cursor("7" * 300, "2026-06-01T04:00:00+00:00", "2026-06-01"),
        "W1tb" * 100,
        "ü",
        "****",
    ],
)
def test_cursors_hold_what_a_list_can_hold(cursor: str) -> None:
    assert decode_cursor(GOOD, KINDS) is not None
    with pytest.raises(BadCursor):
        decode_cursor(cursor, KINDS)


@given(st.one_of(st.text(), st.binary().map(lambda raw: raw.hex()), st.lists(st.integers() | st.text()).map(str)))
def test_any_text_is_a_cursor_or_a_named_problem(text: str) -> None:
    for cursor in (text, encode_cursor(text)):
        for kinds in ([bigint], [instant], [day], KINDS):
            try:
                decode_cursor(cursor, kinds)
            except BadCursor:
                continue
        try:
            decode_id_cursor(cursor)
        except BadCursor:
            continue
