"""The guards taken away one by one: a block of schedules then breaks a rule."""

import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from chengtuan.modules.trade.admission.rows.facts import groups
from chengtuan.modules.trade.admission.rules import decide as admission
from chengtuan.modules.trade.flash.rows.stock import FlashStock
from chengtuan.modules.trade.paying.rules import PaymentVerdict
from chengtuan.modules.trade.paying.usecases import cancel_order
from chengtuan.platform.database import Database, WriteSession
from tests.support.guards import CAP, FLASH, ONE_SEAT, STOCK, without_checks, without_index


def _drop(patch: pytest.MonkeyPatch, rule: admission.Rule) -> None:
    patch.setattr(admission, "RULES", tuple(each for each in admission.RULES if each is not rule))


@contextlib.contextmanager
def without_one_seat_each(database_url: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, without_index(database_url, ONE_SEAT):
        patch.setattr(groups.SEATS, "sql", groups.SEATS.sql + " and false")
        yield


@contextlib.contextmanager
def without_counting_stock(database_url: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, without_checks(database_url, STOCK, CAP):
        _drop(patch, admission.in_stock)
        yield


@contextlib.contextmanager
def without_counting_flash_stock(database_url: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, without_checks(database_url, FLASH, STOCK):
        patch.setattr(FlashStock, "free", property(lambda _: 99))
        yield


@contextlib.contextmanager
def without_purchase_limits(database_url: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        _drop(patch, admission.within_the_activitys_limit)
        yield


@contextlib.contextmanager
def keeping_late_money(database_url: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PaymentVerdict, "returns_money", property(lambda _: False))
        yield


@contextlib.contextmanager
def keeping_the_money_of_those_who_leave(database_url: str) -> Iterator[None]:
    async def plan_nothing(*_: Any) -> None:
        pass

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cancel_order, "plan_refunds", plan_nothing)
        yield


@contextlib.contextmanager
def without_transactions(database_url: str) -> Iterator[None]:
    """Each statement is stored at once, whatever becomes of the next."""

    @contextlib.asynccontextmanager
    async def write(database: Database, **_how: Any) -> AsyncIterator[WriteSession]:
        async with database._write_pool.connection() as connection:
            session = WriteSession(connection, database._clock)
            yield session
            await database._outbox.write(session, session.events, database._clock.now())
            await database._jobs.write(session, session.jobs)
        database._announce(session)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "write", write)
        yield
