"""The guards that the schedules are to miss when they are gone."""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from chengtuan.gateways.wechat import callbacks
from chengtuan.modules.payments.rules.refund import Refund
from chengtuan.modules.trade.paying import rules
from chengtuan.modules.trade.paying.rules import PaymentVerdict, judge_payment
from chengtuan.platform.database import Database, WriteSession, begin_with
from chengtuan.platform.events import Envelope, decode
from chengtuan.platform.inbox import Consumer, Subscriber
from chengtuan.platform.transactions import transaction_scope
from tests.proofs.ground import Ground
from tests.proofs.proof import Control


def _count_late_money(**facts: Any) -> PaymentVerdict:
    return judge_payment(**(facts | {"deadline": None}))


async def _handle_again(self: Consumer, subscriber: Subscriber, envelopes: Sequence[Envelope]) -> None:
    """What `Consumer` does, without a look into the inbox."""
    async with self._database.write() as tx:
        await subscriber.handler(tx, [decode(envelope.name, envelope.payload) for envelope in envelopes])


@contextlib.asynccontextmanager
async def _events_apart(
    self: Database, *, lock_s: float | None = None, by_keys: bool = False
) -> AsyncIterator[WriteSession]:
    """What `Database.write` does, with events and jobs in a transaction of their own after the commit."""
    with transaction_scope():
        async with self._write_pool.connection() as connection:
            session = WriteSession(connection, self._clock, begin_with(lock_s=lock_s, by_keys=by_keys))
            yield session
            await session.execute("commit")
            await session.execute("begin")
            await self._outbox.write(session, session.events, self._clock.now())
            await self._jobs.write(session, session.jobs)
            await session.execute("commit")
    self._announce(session)


async def _believe(*_: object, **__: object) -> None:
    """Any signature will do."""


def _patched(target: Any, name: str, other: Any) -> Callable[[Ground], AbstractContextManager[None]]:
    @contextlib.contextmanager
    def patched(_: Ground) -> Iterator[None]:
        with patch.object(target, name, other):
            yield

    return patched


CONTROLS = [
    Control(
        name="stray-money",
        removed="the return of money that buys nothing",
        shows="nobody paid without a seat",
        without=_patched(PaymentVerdict, "returns_money", property(lambda self: False)),
        long_only=True,
    ),
    Control(
        name="late-money",
        removed="the deadline, where a payment is judged",
        shows="with money that came after the deadline",
        without=_patched(rules, "judge_payment", _count_late_money),
        most_rounds=60,
        long_only=True,
    ),
    Control(
        name="refund-numbers",
        removed="the derived number of a refund: a new one is made for each request",
        shows="a refund, here and at the provider",
        without=_patched(Refund, "out_refund_no", property(lambda self: f"R{uuid4().hex}")),
    ),
    Control(
        name="inbox",
        removed="the inbox: an event that is delivered again is handled again",
        shows="an order is paid with what the provider took",
        without=_patched(Consumer, "_handle", _handle_again),
        most_rounds=60,
        long_only=True,
    ),
    Control(
        name="events-apart",
        removed="the one transaction of a change, its events and its jobs: they are stored right after it",
        shows="unfinished after two days",
        without=_patched(Database, "write", _events_apart),
        most_rounds=60,
        long_only=True,
    ),
    Control(
        name="signatures",
        removed="the check of a callback's signature",
        shows="a forged callback was accepted",
        without=_patched(callbacks, "authenticate", _believe),
        long_only=True,
    ),
]
