"""Dataclasses become rows, whatever is in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, MetaData, SmallInteger, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from chengtuan.kernel.clock import MovableClock
from chengtuan.platform.database import WriteSession
from chengtuan.platform.inserting import insert
from chengtuan.platform.tables import instant
from chengtuan.platform.wire import Wire

THING = Table(
    "thing",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("name", Text),
    Column("small", SmallInteger),
    Column("number", Integer),
    Column("fen", BigInteger),
    Column("sure", Boolean),
    Column("at", instant()),
    Column("sealed", LargeBinary),
    Column("rule", JSONB),
    Column("prices", ARRAY(BigInteger)),
    Column("words", ARRAY(Text)),
    Column("kept", Integer, server_default="7"),
)
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
        await insert(WriteSession(connection, MovableClock(NOON)), THING, rows)
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

    with pytest.raises(TypeError, match="thing has no nam"):
        await stored(database_url, [Other(UUID(int=1), "a")])
