"""Where merchants keep goods. Each has one main place, from which orders are taken; it comes with its first product."""

from collections.abc import Sequence
from uuid import UUID

from chengtuan.kernel.ids import new_id
from chengtuan.platform.database import WriteSession


async def keep_in_main_place(tx: WriteSession, merchant_id: UUID, sku_ids: Sequence[UUID]) -> None:
    """Let the variants have stock in the merchant's main place, none at first."""
    await tx.execute(
        "insert into place (id, merchant_id, kind) values (%s, %s, 'main')"
        " on conflict (merchant_id) where kind = 'main' do nothing",
        (new_id(), merchant_id),
    )
    await tx.execute(
        "insert into stock (sku_id, place_id) select sku_id, place.id from place, unnest(%s::uuid[]) as sku_id"
        " where place.merchant_id = %s and place.kind = 'main' on conflict do nothing",
        (list(sku_ids), merchant_id),
    )
