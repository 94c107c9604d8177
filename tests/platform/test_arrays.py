"""Arrays are what PostgreSQL reads, whatever is in their elements."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest

from chengtuan.modules.trade.states import OrderStatus
from chengtuan.platform.arrays import array

ODD = ["", "NULL", "null", 'a "b" {c}, \\d', "團\n\t'", "{}", " ", "x" * 5000]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("text", ODD),
        ("text", [None, "a"]),
        ("uuid", [UUID(int=1), None, UUID(int=2**128 - 1)]),
        ("bigint", [0, -1, 2**62, None]),
        ("boolean", [True, False, None]),
        ("bytea", [b"", b"\x00\xff\\\"'", None]),
        ("timestamptz", [datetime(2026, 6, 1, 4, 30, 5, 7, tzinfo=UTC), None]),
        ("text", []),
    ],
)
def test_what_goes_in_comes_out(session_database_url: str, kind: str, values: list[Any]) -> None:
    with psycopg.connect(session_database_url) as connection:
        found = connection.execute(f"select %s::{kind}[]".encode(), (array(values),)).fetchone()
    assert found == (values,)


def test_an_enumeration_is_its_text() -> None:
    assert array([OrderStatus.TO_SHIP]) == '{"to_ship"}'


@pytest.mark.parametrize("value", [1.5, [1], {"a": 1}, object()])
def test_what_has_no_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="no element of an array"):
        array([value])
