"""A merchant announces a flash sale: its price and its slot, and the units that nobody else can buy from then on."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from chengtuan.kernel.editors import Editor
from chengtuan.kernel.ids import new_id
from chengtuan.modules.catalog.facade import DearerThanAlone
from chengtuan.modules.trade.activities.rows.activities import (
    ActivityRequest,
    NewActivity,
    find_overlapping,
    find_requested,
    insert_activity,
)
from chengtuan.modules.trade.activities.rules.flash_terms import FlashTerms
from chengtuan.modules.trade.activities.usecases.keep_prices import keep_prices
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.flash.moves.allot import open_sale
from chengtuan.modules.trade.flash.problems import BadFlashPrice, FlashOverlaps
from chengtuan.modules.trade.flash.rules.slot import check_slot
from chengtuan.modules.trade.goods.rows import SkuPrice, merchant_of_product, sku_prices
from chengtuan.modules.trade.job_kinds import END_FLASH_SALE
from chengtuan.modules.trade.problems import SkuNotFound
from chengtuan.modules.trade.states import ActivityKind
from chengtuan.modules.trade.stock.rows.stock import lock_stocks
from chengtuan.platform.jobs import JobCall


@dataclass(frozen=True, slots=True)
class FlashVariant:
    """What a variant costs in the sale, and how many of it there are."""

    sku_id: UUID
    price_fen: int
    units: int


@dataclass(frozen=True, kw_only=True)
class SaleRequest:
    """What the merchant asks for. `id` is the Idempotency-Key; without it, repeating is asking again."""

    id: UUID | None
    merchant_id: UUID
    product_id: UUID
    name: str
    starts_at: datetime
    ends_at: datetime
    per_user_limit: int
    terms: FlashTerms
    variants: Sequence[FlashVariant]
    editor: Editor

    def key(self) -> ActivityRequest | None:
        """By which it is found again: a key used again for something else is a mistake."""
        if self.id is None:
            return None
        parts = (self.product_id, self.name, self.starts_at, self.ends_at, self.per_user_limit, self.terms)
        said = json.dumps([str(part) for part in (*parts, *sorted(self.variants, key=lambda each: each.sku_id))])
        return ActivityRequest(self.editor.staff_id, self.id, sha256(said.encode()).digest())


async def publish_sale(ctx: TradeContext, request: SaleRequest) -> UUID:
    """The sale. Repeating the request gives the same one.

    Raises BadFlashTimes, SkuNotFound (also for another merchant's product), BadFlashPrice, AllotmentTooLarge,
    FlashOverlaps, IdempotencyConflict.

    The catalog keeps the prices first, as for every activity.
    """
    async with ctx.database.read() as db:
        if (key := request.key()) and (earlier := await find_requested(db, key)):
            return earlier
        check_slot(request.starts_at, request.ends_at, ctx.clock.now())
        owner = await merchant_of_product(db, request.product_id)
        skus = await sku_prices(db, request.product_id)
    if owner != request.merchant_id:
        raise SkuNotFound
    sale = _checked(request, skus)
    try:
        await keep_prices(ctx, sale, until=sale.ends_at)
    except DearerThanAlone as error:  # the shelf had not heard of the new prices yet
        alone = error.extension["solo_price_fen"]
        raise BadFlashPrice(sku_id=error.extension["sku_id"], price_alone_fen=alone) from error
    try:
        stored = await _store(ctx, request, sale)
    except Exception:
        await ctx.catalog.release_prices(campaign_id=sale.id)
        raise
    if stored != sale.id:
        await ctx.catalog.release_prices(campaign_id=sale.id)
    return stored


def _checked(request: SaleRequest, skus: Sequence[SkuPrice]) -> NewActivity:
    alone = {sku.sku_id: sku.solo_price_fen for sku in skus}
    for variant in request.variants:
        if variant.sku_id not in alone:
            raise SkuNotFound(sku_id=str(variant.sku_id))
        if not 0 < variant.price_fen < alone[variant.sku_id]:
            raise BadFlashPrice(sku_id=str(variant.sku_id), price_alone_fen=alone[variant.sku_id])
    return NewActivity(
        id=new_id(),
        merchant_id=request.merchant_id,
        product_id=request.product_id,
        name=request.name,
        starts_at=request.starts_at,
        ends_at=request.ends_at,
        terms=request.terms,
        prices={variant.sku_id: [variant.price_fen] for variant in request.variants},
        per_user_limit=request.per_user_limit,
        request=request.key(),
    )


async def _store(ctx: TradeContext, request: SaleRequest, sale: NewActivity) -> UUID:
    """The sale that there is of this request. Stock is locked before the shelf, as everywhere."""
    async with ctx.database.write() as tx:
        stock = await lock_stocks(tx, sorted(sale.prices))
        if (key := request.key()) and (earlier := await find_requested(tx, key)):
            return earlier
        other = await find_overlapping(tx, ActivityKind.FLASH, sale.product_id, sale.starts_at, sale.ends_at)
        if other is not None:
            raise FlashOverlaps(flash_sale_id=str(other))
        await insert_activity(tx, sale)
        units = {variant.sku_id: variant.units for variant in request.variants}
        await open_sale(tx, sale.id, units, stock, request.editor)
        tx.schedule(JobCall(END_FLASH_SALE, str(sale.id), sale.ends_at))
    return sale.id
