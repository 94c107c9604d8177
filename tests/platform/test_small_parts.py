"""Settings, logs, rate limits, transactions, database sessions."""

import asyncio
import io
import json
import logging
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import structlog

from chengtuan.kernel.clock import MovableClock
from chengtuan.kernel.problems import TooManyRequests
from chengtuan.platform.database import Database
from chengtuan.platform.logs import configure_logs
from chengtuan.platform.rate_limit import RateLimit, RateLimiter
from chengtuan.platform.settings import BadSettings, PlatformSettings, Settings, load_settings
from chengtuan.platform.transactions import CallInTransaction, assert_no_transaction, transaction_scope

NEEDED = {
    "CHENGTUAN_DATABASE_URL": "postgresql://x",
    "CHENGTUAN_FIELD_KEY": "1:x",
    "CHENGTUAN_INDEX_KEY": "x",
    "CHENGTUAN_INTERNAL_KEY": "x",
}


def test_settings_name_every_variable_that_is_missing_or_wrong() -> None:
    with pytest.raises(BadSettings) as raised:
        load_settings(PlatformSettings, {"CHENGTUAN_DEMO": "perhaps", "DATABASE_URL": "not ours"})
    for name in ("CHENGTUAN_DATABASE_URL", "CHENGTUAN_FIELD_KEY", "CHENGTUAN_INTERNAL_KEY", "CHENGTUAN_DEMO"):
        assert name in str(raised.value)


def test_an_empty_variable_counts_as_unset_and_nothing_changes_later() -> None:
    loaded = load_settings(PlatformSettings, NEEDED | {"CHENGTUAN_LOG_LEVEL": "", "CHENGTUAN_DEMO": "1"})
    assert (loaded.log_level, loaded.demo) == ("info", True)
    with pytest.raises(ValueError, match="frozen"):
        loaded.demo = False  # type: ignore[misc]


def test_a_module_reads_its_own_settings_only() -> None:
    class Own(Settings):
        pace: int = 3

    assert load_settings(Own, {"CHENGTUAN_PACE": "5", "CHENGTUAN_OTHER": "x"}).pace == 5


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Any:
    out = io.StringIO()
    configure_logs("info")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(out), cache_logger_on_first_use=False)
    yield out
    logging.getLogger().handlers.clear()


SECRETS = ["13800138000", "+8613800138000", "8613800138000"]


@pytest.mark.parametrize("phone", SECRETS)
def test_phones_are_masked_wherever_they_stand(logged: io.StringIO, phone: str) -> None:
    log = structlog.get_logger("test")
    told = f"sent to {phone}"
    log.info(told, note=f"to {phone}, again", nested={"to": [phone, {"deep": phone}]})
    assert "138****8000" in logged.getvalue()
    assert "00138" not in logged.getvalue(), logged.getvalue()


def test_secrets_are_dropped_by_name_at_any_depth(logged: io.StringIO) -> None:
    log = structlog.get_logger("test")
    log.info("x", token="tkn-1", password="pw-1", code="123456", headers={"Authorization": "Bearer abc", "token": "t2"})
    written = logged.getvalue()
    for secret in ("tkn-1", "pw-1", "123456", "Bearer abc", '"t2"'):
        assert secret not in written, written


def test_a_stack_trace_does_not_leak_a_phone(logged: io.StringIO) -> None:
    log = structlog.get_logger("test")
    try:
        int("cannot reach 13800138000")
    except ValueError:
        log.exception("failed")
    assert "13800138000" not in logged.getvalue(), logged.getvalue()[:800]


def test_numbers_that_are_no_phones_stay(logged: io.StringIO) -> None:
    structlog.get_logger("test").info("x", order="2026060112345678901234", amount_fen=13800138000)
    entry = json.loads(logged.getvalue())
    assert entry["order"] == "2026060112345678901234"


LIMIT = RateLimit("probe", burst=10, period=timedelta(minutes=1))


async def _take(limiter: RateLimiter, subject: str) -> int | None:
    try:
        await limiter.take(LIMIT, subject)
    except TooManyRequests as problem:
        return int(problem.extension["retry_after_s"])
    return None


async def test_fifty_at_once_get_exactly_the_burst(consumer: Database, clock: MovableClock) -> None:
    limiter = RateLimiter(consumer)
    answers = await asyncio.gather(*(_take(limiter, "a") for _ in range(50)), *(_take(limiter, "b") for _ in range(3)))
    assert answers[:50].count(None) == 10
    assert answers[50:] == [None, None, None], "each subject has its own"
    assert {wait for wait in answers[:50] if wait is not None} == {6}, "one use comes back every six seconds"


async def test_a_limit_refills_steadily_and_never_beyond_the_burst(consumer: Database, clock: MovableClock) -> None:
    limiter = RateLimiter(consumer)
    assert [await _take(limiter, "a") for _ in range(11)] == [None] * 10 + [6]
    clock.advance(timedelta(seconds=5))
    assert await _take(limiter, "a") == 1
    clock.advance(timedelta(seconds=1))
    assert [await _take(limiter, "a") for _ in range(2)] == [None, 6]
    clock.advance(timedelta(hours=5))
    assert [await _take(limiter, "a") for _ in range(11)].count(None) == 10


async def test_whoever_has_the_most_uses_gets_rid_of_none_by_more_of_them(consumer: Database) -> None:
    """What was not counted any more was given back all the same: three hundred of them at once cleared the count."""
    limiter = RateLimiter(consumer)
    for _ in range(20):
        await limiter.add([(LIMIT, "a")])
    added = [await limiter.add([(LIMIT, "a")]) for _ in range(300)]
    for one in added:
        await limiter.give_back(one.counted)
    assert (await limiter.add([(LIMIT, "a")])).before == [pytest.approx(20)]


async def test_uses_of_many_are_counted_in_one_statement_and_forgotten(consumer: Database, clock: MovableClock) -> None:
    limiter, most = RateLimiter(consumer), LIMIT.period * 4

    async def count(uses: dict[str, int]) -> dict[str, float]:
        async with consumer.write() as tx:
            return await limiter.count(tx, LIMIT, uses, most=most)

    assert await count({}) == {}
    assert await count({"b": 3, "a": 12}) == {"a": 12, "b": 3}
    clock.advance(LIMIT.period / 2)
    assert await count({"a": 1, "b": 1}) == {"a": 8, "b": 1}, "five are forgotten in half a minute"
    assert await count({"a": 1000}) == {"a": 40}, "nothing beyond four bursts is remembered"
    clock.advance(most)
    assert await count({"a": 1}) == {"a": 1}


def test_a_transaction_knows_it_is_open_and_ends_even_by_an_error() -> None:
    with pytest.raises(CallInTransaction, match="a second transaction"), transaction_scope(), transaction_scope():
        pass
    with pytest.raises(KeyError), transaction_scope():
        raise KeyError
    assert_no_transaction("anything")


async def test_a_read_session_cannot_write(consumer: Database) -> None:
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        async with consumer.read() as db:
            await db.fetch_tuples("insert into probe (key, n) values ('x', 1) returning n")


async def test_a_module_cannot_see_another_modules_schema(consumer: Database) -> None:
    for table in ("accounts.person", "payments.entry"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with consumer.read() as db:
                await db.fetch_tuples(f"select * from {table}")


async def test_what_happened_before_an_error_is_undone_and_callbacks_are_not_called(consumer: Database) -> None:
    called: list[str] = []

    async def fail() -> None:
        async with consumer.write() as tx:
            await tx.execute("insert into probe (key, n) values ('x', 1)")
            tx.after_commit(lambda: called.append("no"))
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011  (it is ours)
        await fail()
    async with consumer.write() as tx:
        assert await tx.fetch_value("select count(*) from probe") == 0
        tx.after_commit(lambda: called.append("yes"))
    assert called == ["yes"]
