"""Tables that are kept for a while only lose what is old, in batches, and nothing else."""

from datetime import timedelta

import psycopg
import pytest

from chengtuan.kernel.clock import MovableClock
from chengtuan.platform import retention
from chengtuan.platform.database import Database
from chengtuan.platform.jobs import Job
from chengtuan.platform.settings import PlatformSettings
from tests.platform.test_small_parts import NEEDED

SETTINGS = PlatformSettings.model_validate(
    {name.removeprefix("CHENGTUAN_").lower(): v for name, v in NEEDED.items()} | {"event_months": 1}
)


@pytest.fixture
async def old_and_new(consumer: Database, clock: MovableClock) -> Database:
    """Of each kind 25 rows that may go and 3 that may not."""
    now = clock.now()
    old, new = now - timedelta(days=91), now - timedelta(days=89)
    async with consumer.write() as tx:
        for at, count in ((old, 25), (new, 3)):
            await tx.execute(
                "insert into inbox select 'h', gen_random_uuid(), %s from generate_series(1, %s)", (at, count)
            )
            await tx.execute(
                "insert into outbox (event_id, consumer, name, key, payload, created_at, attempts, next_try_at,"
                " dead_at, set_aside_at) select gen_random_uuid(), 'c', 'n', 'k', '{}', %(at)s, 5, %(at)s, %(at)s,"
                " %(at)s from generate_series(1, %(count)s)",
                {"at": at, "count": count},
            )
        for full_at, prefix, count in ((now, "full", 25), (now + timedelta(seconds=1), "used", 3)):
            await tx.execute(
                "insert into rate_limit select %s || n, %s from generate_series(1, %s) n", (prefix, full_at, count)
            )
        await tx.execute(  # dead, and nobody has decided: it stays however old it is
            "insert into outbox (event_id, consumer, name, key, payload, created_at, attempts, next_try_at, dead_at)"
            " values (gen_random_uuid(), 'c', 'n', 'dead', '{}', %(old)s, 5, %(old)s, %(old)s)",
            {"old": old - timedelta(days=900)},
        )
    return consumer


async def _left(db: Database) -> list[int]:
    async with db.read() as session:
        return [
            await session.fetch_value("select count(*) from inbox"),
            await session.fetch_value("select count(*) from outbox"),
            await session.fetch_value("select count(*) from rate_limit"),
        ]


async def test_a_sweep_forgets_what_is_old_in_batches(
    old_and_new: Database, monkeypatch: pytest.MonkeyPatch, clock: MovableClock
) -> None:
    monkeypatch.setattr(retention, "BATCH", 10)
    writes = 0
    honest = Database.write

    def counted(self: Database) -> object:
        nonlocal writes
        writes += 1
        return honest(self)

    with monkeypatch.context() as patch:
        patch.setattr(Database, "write", counted)
        patch.setattr(retention, "keep_months", no_months)
        job = retention.sweep_job(old_and_new, SETTINGS, clock)
        await job.handler(Job(1, job.kind, "", clock.now(), 0, {}))
    assert await _left(old_and_new) == [3, 4, 3]
    assert writes == 10, "25 rows in tens, three times, and one look where there is nothing"


async def no_months(*_: object, **__: object) -> None:
    """These have tests of their own."""


async def test_one_sweep_has_an_end(old_and_new: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "MOST_BATCHES", 3)
    assert await retention.forget(old_and_new, platform_rule("inbox")) == 6
    assert (await _left(old_and_new))[0] == 22


async def test_a_sweep_passes_by_what_somebody_uses(old_and_new: Database, database_url: str) -> None:
    limits = platform_rule("rate_limit")
    async with await psycopg.AsyncConnection.connect(database_url) as somebody:
        await somebody.execute("select 1 from trade.rate_limit where key = 'full7' for update")
        assert await retention.forget(old_and_new, limits) == 24
    assert await retention.forget(old_and_new, limits) == 1


def platform_rule(table: str) -> retention.Rule:
    return next(rule for rule in retention.platform_rules(SETTINGS) if rule.table == table)
