"""Small writes share transactions, and none of them notices."""

import asyncio

import pytest

from chengtuan.platform.database import Database, WriteSession
from chengtuan.platform.shared_writes import SharedWrites, Write
from tests.platform.bench import note, noted


def noting(number: int) -> Write[int]:
    async def write(tx: WriteSession) -> int:
        await note(tx, "row", number)
        if number < 0:
            raise ValueError(number)
        return number

    return write


async def transactions(db: Database) -> int:
    async with db.read() as session:
        return int(await session.fetch_value("select count(distinct xmin::text) from probe"))


async def test_what_piles_up_goes_in_one_transaction(consumer: Database) -> None:
    shared = SharedWrites(consumer)
    assert await asyncio.gather(*(shared.write(noting(n)) for n in range(40))) == list(range(40))
    assert [n for _, n in await noted(consumer)] == list(range(40))
    assert await transactions(consumer) <= 2


async def test_one_that_fails_leaves_nothing_and_harms_nobody(consumer: Database) -> None:
    shared = SharedWrites(consumer)
    ends = await asyncio.gather(*(shared.write(noting(n)) for n in (1, 2, -3, 4)), return_exceptions=True)
    assert [n for n in ends if isinstance(n, int)] == [1, 2, 4]
    assert isinstance(ends[2], ValueError)
    assert sorted(n for _, n in await noted(consumer)) == [1, 2, 4]


async def test_an_answer_comes_after_the_commit(consumer: Database) -> None:
    shared = SharedWrites(consumer)
    for number in range(3):
        await shared.write(noting(number))
        assert len(await noted(consumer)) == number + 1
    with pytest.raises(ValueError, match="-1"):
        await shared.write(noting(-1))
