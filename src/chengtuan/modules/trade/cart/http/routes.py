"""A shopper's cart. Every change answers the cart as it is then."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from chengtuan.kernel.problems import NotSignedIn
from chengtuan.modules.trade import problems as p
from chengtuan.modules.trade.cart.http import present, schemas
from chengtuan.modules.trade.cart.problems import CartFull, CartLineChanged, CartLineNotFound
from chengtuan.modules.trade.cart.usecases import change_cart, read_cart
from chengtuan.modules.trade.cart.usecases.change_cart import Owner
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.limits import MAX_CART_LINES
from chengtuan.platform.http.access import CurrentShopper, Shopper
from chengtuan.platform.http.fields import IdempotencyKey
from chengtuan.platform.http.problems import problems
from chengtuan.platform.http.section import Section

_MORE = (p.SkuNotFound, p.SoldOut, p.BadQuantity, NotSignedIn)
Variants = Annotated[list[UUID], Query(min_length=1, max_length=2 * MAX_CART_LINES)]
"""United accounts may have brought two full carts together."""


def cart_routes(ctx: TradeContext) -> APIRouter:
    router = Section(prefix="/api/v1/trade/cart", tags=["trade"])

    @router.get("", responses=problems(NotSignedIn))
    async def show_cart(shopper: CurrentShopper) -> schemas.Cart:
        """What is in the cart, by merchant, and what can be bought of it now."""
        return present.cart(await read_cart.read_cart(ctx, shopper.ids), ctx.clock.now())

    @router.get("/count", responses=problems(NotSignedIn))
    async def show_cart_count(shopper: CurrentShopper) -> schemas.CartCount:
        """How many lines are in the cart."""
        return schemas.CartCount(lines=await read_cart.count_cart(ctx, shopper.ids))

    @router.post("/lines", responses=problems(*_MORE, CartFull, p.IdempotencyConflict))
    async def add_cart_units(
        addition: schemas.CartAddition, shopper: CurrentShopper, key: IdempotencyKey
    ) -> schemas.Cart:
        """So many units more, never more than there are. Repeating it with the same key adds nothing."""
        lines = await change_cart.add_to_cart(ctx, _owner(shopper), addition.sku_id, addition.quantity, key)
        return present.cart(lines, ctx.clock.now())

    @router.put("/lines/{sku_id}", responses=problems(*_MORE, CartLineNotFound, CartLineChanged))
    async def put_cart_line(sku_id: UUID, wanted: schemas.CartQuantity, shopper: CurrentShopper) -> schemas.Cart:
        """So many units instead. More than there are is refused, fewer are always taken."""
        lines = await change_cart.change_quantity(ctx, _owner(shopper), sku_id, wanted.quantity, wanted.version)
        return present.cart(lines, ctx.clock.now())

    @router.delete("/lines", responses=problems(NotSignedIn))
    async def remove_cart_lines(sku_id: Variants, shopper: CurrentShopper) -> schemas.Cart:
        """Take lines out; those that are not there are no mistake."""
        return present.cart(await change_cart.remove_from_cart(ctx, _owner(shopper), sku_id), ctx.clock.now())

    return router


def _owner(shopper: Shopper) -> Owner:
    return Owner(shopper.user_id, shopper.ids)
