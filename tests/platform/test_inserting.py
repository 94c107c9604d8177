"""Dataclasses become rows, whatever is in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from psycopg.errors import NumericValueOutOfRange, UndefinedColumn

from chengtuan.kernel.clock import MovableClock
from chengtuan.platform.database import WriteSession
from chengtuan.platform.inserting import insert
from chengtuan.platform.wire import Wire

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)
ODD = 'a "quoted", back\\slashed {thing}, 團\nNULL'


@dataclass(frozen=True)
class Thing:
    id: UUID
    name: str | None
    small: int | None
    number: int | None
    fen: int | None
    sure: bool | None
    at: datetime | None
    sealed: bytes | None
    rule: Mapping[str, Any] | None
    prices: Sequence[int] | None
    words: Sequence[str] | None


FULL = Thing(UUID(int=1), ODD, 1, 2, 2**40, True, NOON, b"\x00\xff", {"名": [1, ODD]}, (900, -1), (ODD, "", "NULL"))
EMPTY = Thing(UUID(int=2), None, None, None, None, None, None, None, None, None, None)
BARE = Thing(UUID(int=3), "", 0, 0, 0, False, NOON, b"", {}, (), ())


async def stored(url: str, rows: Sequence[Any]) -> list[tuple[Any, ...]]:
    async with await Wire.connect(url, prepare_threshold=None) as connection:
        await connection.execute(
            "create temp table thing (id uuid primary key, name text, small smallint, number integer, fen bigint,"
            " sure boolean, at timestamptz, sealed bytea, rule jsonb, prices bigint[], words text[],"
            " kept integer default 7)"
        )
        await insert(WriteSession(connection, MovableClock(NOON)), "thing", rows)
        odd = await connection.execute("select from thing where rule = 'null'::jsonb")
        assert await odd.fetchall() == [], "no document is none, and not the document that says null"
        found = await (await connection.execute("select * from thing order by id")).fetchall()
        await connection.rollback()
    return found


async def test_what_goes_in_comes_out(database_url: str) -> None:
    full, empty, bare = await stored(database_url, [FULL, EMPTY, BARE])
    assert full[1:] == (ODD, 1, 2, 2**40, True, NOON, b"\x00\xff", {"名": [1, ODD]}, [900, -1], [ODD, "", "NULL"], 7)
    assert empty[1:] == (*[None] * 10, 7)
    assert bare[1:] == ("", 0, 0, 0, False, NOON, b"", {}, [], [], 7)


async def test_nothing_is_nothing(database_url: str) -> None:
    assert await stored(database_url, []) == []


async def test_a_field_without_a_column_is_a_mistake(database_url: str) -> None:
    @dataclass(frozen=True)
    class Other:
        id: UUID
        nam: str

    with pytest.raises(UndefinedColumn, match="nam"):
        await stored(database_url, [Other(UUID(int=1), "a")])


async def test_a_number_that_a_narrower_column_does_not_hold_is_refused(database_url: str) -> None:
    with pytest.raises(NumericValueOutOfRange, match="smallint"):
        await stored(database_url, [replace(FULL, small=2**15)])


async def test_a_type_that_no_column_is_like_is_a_mistake(database_url: str) -> None:
    @dataclass(frozen=True)
    class Other:
        id: UUID
        name: float

    with pytest.raises(TypeError, match="float"):
        await stored(database_url, [Other(UUID(int=1), 0.5)])
