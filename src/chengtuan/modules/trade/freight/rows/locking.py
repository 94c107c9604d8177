"""Changes of one merchant's freight come one after the other."""

from uuid import UUID

from chengtuan.modules.trade.locks import Lock, taken
from chengtuan.platform.database import WriteSession


async def lock_freight(tx: WriteSession, merchant_id: UUID) -> None:
    """Nobody else changes this merchant's templates, or how products are sent, before the transaction ends.

    What is read afterwards is what is there: how many templates, in which version, sent by which. Taking one away
    moves products to another, so that two who locked single templates would wait for each other.
    """
    taken(tx, Lock.FREIGHT, [merchant_id])
    await tx.execute("select pg_advisory_xact_lock(hashtextextended('trade.freight:' || %s::text, 0))", (merchant_id,))
