"""Statements that go to PostgreSQL together: what they find, what one that fails does to others, what is prepared."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import errors
from psycopg.pq import TransactionStatus

from chengtuan.platform import wire as wire_module
from chengtuan.platform.wire import Statement, Wire


@pytest.fixture
async def wire(database_url: str) -> AsyncIterator[Wire]:
    async with await Wire.connect(database_url, autocommit=True, prepare_threshold=None) as wire:
        await wire.execute("create temp table thing (id int primary key, name text)")
        yield wire


@dataclass(frozen=True)
class Thing:
    id: int
    name: str | None


async def prepared(wire: Wire) -> int:
    (answer,) = await wire.exchange([Statement("select count(*)::int from pg_prepared_statements", prepare=False)])
    (count,) = answer.rows[0]
    assert isinstance(count, int)
    return count


def status(wire: Wire) -> TransactionStatus:
    return wire.info.transaction_status


async def test_each_statement_has_its_answer(wire: Wire) -> None:
    stored, found, tuples, nothing = await wire.exchange(
        [
            Statement("insert into thing select * from unnest(%s::int[], %s::text[])", ("{1,2,3}", "{a,b,NULL}")),
            Statement("select id, name from thing where id > %(least)s order by id", {"least": 1}, Thing),
            Statement("select 7 %% 4, '%%s' || %(word)s || %(word)s, %(id)s::uuid", {"word": "x", "id": UUID(int=7)}),
            Statement("update thing set name = 'z' where id = 9", {"id": 1}),
        ]
    )
    assert (stored.count, stored.rows) == (3, [])
    assert (found.count, found.rows) == (2, [Thing(2, "b"), Thing(3, None)])
    assert tuples.rows == [(3, "%sxx", UUID(int=7))]
    assert nothing.count == 0


@dataclass(frozen=True)
class Named(Thing):
    size: int = 3


@dataclass(frozen=True, kw_only=True)
class ByName:
    id: int
    name: str


def made(**row: Any) -> Thing:
    return Thing(row["id"], row["name"])


@pytest.mark.parametrize("kind", [Named, ByName, made])
async def test_columns_are_taken_by_their_names_in_whatever_order_they_come(wire: Wire, kind: Any) -> None:
    (answer,) = await wire.exchange([Statement("select 'a' as name, 1 as id", (), kind)])
    (row,) = answer.rows
    assert (row.id, row.name) == (1, "a")


@pytest.mark.parametrize("columns", ["1 as id", "1 as id, 'a' as name, 2 as other", "1 as id, 2 as other"])
async def test_what_does_not_fit_is_refused(wire: Wire, columns: str) -> None:
    with pytest.raises(TypeError):
        await wire.exchange([Statement(f"select {columns}", (), Thing), Statement("select 1")])
    (answer,) = await wire.exchange([Statement("select 2")])  # the connection is as good as before
    assert answer.rows == [(2,)]


async def test_what_is_sent_again_is_prepared_once_unless_it_is_to_be_planned_anew(wire: Wire) -> None:
    for number in range(3):
        await wire.exchange([Statement("select %s::int", (number,)), Statement("select %s::text", ("a",))])
        await wire.exchange([Statement("select -%s::int", (number,), prepare=False)])
    assert await prepared(wire) == 2


@pytest.mark.parametrize(("most", "left"), [(4, 3), (100, 18)])
async def test_only_so_many_stay_prepared(wire: Wire, monkeypatch: pytest.MonkeyPatch, most: int, left: int) -> None:
    """The second time with room for all of them."""
    monkeypatch.setattr(wire_module, "KNOWN_AT_MOST", most)
    for number in range(18):
        (answer,) = await wire.exchange([Statement(f"select {number}")])
        assert answer.rows == [(number,)]
    assert await prepared(wire) == left


async def test_after_one_that_fails_nothing_is_executed_and_all_goes_on(wire: Wire) -> None:
    insert = "insert into thing values (%s, 'a')"
    with pytest.raises(errors.UniqueViolation):
        await wire.exchange([Statement(insert, (1,)), Statement(insert, (1,)), Statement("delete from thing")])
    assert status(wire) == TransactionStatus.IDLE
    (left,) = await wire.exchange([Statement("select id, name from thing", (), Thing)])
    assert left.rows == [], "outside a transaction they are one"

    with pytest.raises(errors.UniqueViolation):
        await wire.exchange([Statement("begin"), Statement(insert, (1,)), Statement(insert, (1,))])
    assert status(wire) == TransactionStatus.INERROR
    await wire.rollback()
    (stored,) = await wire.exchange([Statement(insert, (1,))])
    assert stored.count == 1, "what was prepared before is still there"


async def test_what_cannot_be_prepared_or_written_spoils_nothing(wire: Wire) -> None:
    for _ in range(2):
        with pytest.raises(errors.UndefinedTable):
            await wire.exchange([Statement("select 1"), Statement("select * from nowhere"), Statement("select 2")])
        with pytest.raises(psycopg.ProgrammingError):
            await wire.exchange([Statement("select 1"), Statement("select %s", (object(),))])
    (one, two) = await wire.exchange([Statement("select 1"), Statement("select 2")])
    assert (one.rows, two.rows) == ([(1,)], [(2,)])


async def test_much_goes_both_ways_at_once(wire: Wire) -> None:
    text = "x" * 2_000_000
    answers = await wire.exchange([Statement("select %s::text", (text,))] * 8)
    assert [len(answer.rows[0][0]) for answer in answers] == [len(text)] * 8


async def test_who_goes_away_stops_what_is_under_way(wire: Wire) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await wire.exchange([Statement("select pg_sleep(60)"), Statement("insert into thing values (1, 'a')")])
    (answer,) = await wire.exchange([Statement("select id, name from thing", (), Thing)])
    assert answer.rows == []
