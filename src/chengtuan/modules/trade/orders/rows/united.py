"""Whom trade has judged as one person: ids that accounts united stay together here, whoever knew of it first."""

from collections.abc import Iterable
from uuid import UUID

from chengtuan.platform.database import WriteSession

_REMEMBER = (
    "insert into united_buyer (absorbed_id, user_id) values (%s, %s)"
    " on conflict (absorbed_id) do update set user_id = excluded.user_id"
    " where united_buyer.user_id <> excluded.user_id"
)


async def remember_united(tx: WriteSession, pairs: Iterable[tuple[UUID, UUID]]) -> None:
    """Absorbed ids, each with whose they are; may run inside `tx.pipelined()`."""
    await tx.execute_many(_REMEMBER, sorted(set(pairs)))
