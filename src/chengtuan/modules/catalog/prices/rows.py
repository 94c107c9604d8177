"""What groups were promised: variants cost no less alone while a campaign runs on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.modules.catalog.facade import GroupPrice
from chengtuan.platform.database import WriteSession


@dataclass(frozen=True, slots=True)
class SoloPrice:
    sku_id: UUID
    solo_price_fen: int


async def lock_solo_prices(tx: WriteSession, product_id: UUID, merchant_id: UUID) -> list[SoloPrice]:
    """The product's variants; none if it is not this merchant's. An edit of the product waits, or has happened."""
    await tx.execute("select 1 from product where id = %s and merchant_id = %s for update", (product_id, merchant_id))
    return await tx.fetch_all(
        SoloPrice,
        "select s.id as sku_id, s.solo_price_fen from sku s join product p on p.id = s.product_id"
        " where p.id = %s and p.merchant_id = %s",
        (product_id, merchant_id),
    )


async def keep(
    tx: WriteSession, campaign_id: UUID, product_id: UUID, prices: Sequence[GroupPrice], until: datetime
) -> None:
    await tx.execute_many(
        "insert into price_floor (campaign_id, sku_id, product_id, group_price_fen, until)"
        " values (%s, %s, %s, %s, %s) on conflict (campaign_id, sku_id) do update"
        " set group_price_fen = excluded.group_price_fen, until = excluded.until",
        [(campaign_id, price.sku_id, product_id, price.price_fen, until) for price in prices],
    )


async def release(tx: WriteSession, campaign_ids: Sequence[UUID]) -> None:
    await tx.execute("delete from price_floor where campaign_id = any(%s)", (list(campaign_ids),))


@dataclass(frozen=True, slots=True)
class Undercut:
    """A variant that would cost less alone than in a group of a campaign."""

    campaign_id: UUID
    sku_id: UUID
    solo_price_fen: int
    group_price_fen: int


async def undercut(tx: WriteSession, product_id: UUID, now: datetime) -> list[Undercut]:
    """By the prices as this transaction wrote them; the product's row is locked by it."""
    return await tx.fetch_all(
        Undercut,
        "select f.campaign_id, f.sku_id, s.solo_price_fen, f.group_price_fen from price_floor f"
        " join sku s on s.id = f.sku_id where f.product_id = %s and f.until > %s"
        " and s.solo_price_fen < f.group_price_fen order by s.solo_price_fen - f.group_price_fen, f.campaign_id",
        (product_id, now),
    )
