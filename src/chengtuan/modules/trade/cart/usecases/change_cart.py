"""A shopper puts something into the cart, changes how many, or takes it out; the answer is the cart as it is then.

Adding counts once for a key; a quantity names the version it replaces. Neither a lost answer nor a second tab can make
of it what nobody asked for.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from chengtuan.modules.trade.admission.rows.facts.buyers import lock_buyer
from chengtuan.modules.trade.cart import rows
from chengtuan.modules.trade.cart.problems import CartFull, CartLineChanged, CartLineNotFound
from chengtuan.modules.trade.cart.rules import check_more, check_quantity
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.limits import MAX_CART_LINES
from chengtuan.modules.trade.problems import IdempotencyConflict, SkuNotFound
from chengtuan.platform.database import WriteSession


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose cart it is: `user_id` gets what is added, `ids` are all of the person."""

    user_id: UUID
    ids: frozenset[UUID]


async def add_to_cart(
    ctx: TradeContext, owner: Owner, sku_id: UUID, quantity: int, request_id: UUID
) -> list[rows.CartLine]:
    """So many units more. Raises BadQuantity, SkuNotFound, SoldOut, CartFull, IdempotencyConflict."""
    check_quantity(quantity)
    async with ctx.database.write() as tx:
        await lock_buyer(tx, owner.ids)
        earlier = await rows.find_request(tx, owner.ids, request_id)
        if earlier is None:
            await _add(tx, owner, sku_id, quantity)
            request = rows.Request(owner.user_id, request_id, sku_id, quantity, tx.clock.now())
            await rows.remember_request(tx, request)
        elif (earlier.sku_id, earlier.quantity) != (sku_id, quantity):
            raise IdempotencyConflict
        return await rows.read_lines(tx, owner.ids)


async def _add(tx: WriteSession, owner: Owner, sku_id: UUID, quantity: int) -> None:
    held = await rows.find_held(tx, owner.ids, sku_id)
    goods = await rows.find_goods(tx, sku_id)
    if goods is None:
        raise SkuNotFound(sku_id=str(sku_id))
    total = quantity + (held.quantity if held else 0)
    check_more(wanted=total, available=goods.available, sku_id=str(sku_id))
    if held:
        await rows.set_quantity(tx, owner.ids, sku_id, total, unit_fen=goods.unit_fen)
        return
    if await rows.count_lines(tx, owner.ids) >= MAX_CART_LINES:
        raise CartFull(limit=MAX_CART_LINES)
    await rows.add_line(tx, owner.user_id, sku_id, quantity, goods.unit_fen)


async def change_quantity(
    ctx: TradeContext, owner: Owner, sku_id: UUID, quantity: int, version: int
) -> list[rows.CartLine]:
    """So many units instead of those of `version`. Repeating it is no conflict: it is so already.

    Raises BadQuantity, CartLineNotFound, CartLineChanged, SkuNotFound, SoldOut.
    """
    check_quantity(quantity)
    async with ctx.database.write() as tx:
        await lock_buyer(tx, owner.ids)
        held = await rows.find_held(tx, owner.ids, sku_id)
        if held is None:
            raise CartLineNotFound
        if held.quantity != quantity:
            if held.version != version:
                raise CartLineChanged(quantity=held.quantity, version=held.version)
            if quantity > held.quantity:
                await _check_growth(tx, sku_id, quantity)
            await rows.set_quantity(tx, owner.ids, sku_id, quantity)
        return await rows.read_lines(tx, owner.ids)


async def _check_growth(tx: WriteSession, sku_id: UUID, quantity: int) -> None:
    goods = await rows.find_goods(tx, sku_id)
    if goods is None:
        raise SkuNotFound(sku_id=str(sku_id))
    check_more(wanted=quantity, available=goods.available, sku_id=str(sku_id))


async def remove_from_cart(ctx: TradeContext, owner: Owner, sku_ids: Collection[UUID]) -> list[rows.CartLine]:
    """Whatever of it is there."""
    async with ctx.database.write() as tx:
        await lock_buyer(tx, owner.ids)
        await rows.remove_lines(tx, owner.ids, sku_ids)
        return await rows.read_lines(tx, owner.ids)
