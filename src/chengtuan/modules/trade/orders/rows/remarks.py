"""Remarks that are still to be encrypted."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chengtuan.platform.database import WriteSession


@dataclass(frozen=True, slots=True)
class UnsealedRemark:
    id: UUID
    remark: str


async def lock_unsealed(tx: WriteSession, limit: int) -> list[UnsealedRemark]:
    """Orders that somebody works with are left for the next time."""
    return await tx.fetch_all(
        UnsealedRemark,
        "select id, remark from shop_order where remark <> '' order by id limit %s for update skip locked",
        (limit,),
    )


async def keep_sealed(tx: WriteSession, sealed: Sequence[tuple[UUID, bytes]]) -> None:
    """The readable remarks are gone with that."""
    if not sealed:
        return
    await tx.execute(
        "update shop_order o set remark = '', remark_sealed = new.sealed"
        " from unnest(%s::uuid[], %s::bytea[]) as new(id, sealed) where o.id = new.id",
        ([order_id for order_id, _ in sealed], [remark for _, remark in sealed]),
    )
