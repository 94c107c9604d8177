"""Flash sales as shoppers and their merchants see them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.kernel.pagination import Page, decode_id_cursor, encode_cursor, page_of
from chengtuan.modules.trade.activities.rows.narrowing import Narrow
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.flash.problems import FlashSaleNotFound
from chengtuan.modules.trade.flash.rows import sales as sale_rows
from chengtuan.modules.trade.flash.rows.sales import Sale, SaleFigures, SaleVariant
from chengtuan.modules.trade.freight.rows.shown import freight_for
from chengtuan.modules.trade.freight.rules import ShownFreight
from chengtuan.platform.permissions import Scope


async def read_zone(ctx: TradeContext, since: datetime) -> list[Sale]:
    """Those that run, those that come, and those that ended after `since`; in the order in which they are shown."""
    async with ctx.database.read() as db:
        return await sale_rows.sales_in_the_zone(db, ctx.clock.now(), since)


@dataclass(frozen=True, slots=True)
class SaleDetail:
    """A sale with its variants on sale, and what delivering them costs."""

    sale: Sale
    variants: list[SaleVariant]
    freight: ShownFreight


async def read_sale(ctx: TradeContext, sale_id: UUID) -> SaleDetail:
    """Raises FlashSaleNotFound."""
    async with ctx.database.read() as db:
        sale = await sale_rows.find_sale(db, sale_id)
        if sale is None:
            raise FlashSaleNotFound
        variants = [each for each in await sale_rows.variants_of_sale(db, sale_id) if each.active]
        prices = [(each.sku_id, each.flash_price_fen) for each in variants]
        return SaleDetail(sale, variants, await freight_for(db, sale.product_id, prices))


@dataclass(frozen=True, slots=True)
class OwnSale:
    """A sale as its merchant sees it."""

    sale: Sale
    variants: list[SaleVariant]
    figures: SaleFigures


async def read_own_sale(ctx: TradeContext, sale_id: UUID, scope: Scope) -> OwnSale:
    """Raises FlashSaleNotFound, also outside the scope."""
    async with ctx.database.read() as db:
        sale = await sale_rows.find_sale_in_scope(db, sale_id, scope)
        if sale is None:
            raise FlashSaleNotFound
        variants = await sale_rows.variants_of_sale(db, sale_id)
        return OwnSale(sale, variants, (await sale_rows.figures_of(db, [sale_id]))[sale_id])


async def list_own_sales(
    ctx: TradeContext, narrow: Narrow, *, cursor: str | None, limit: int
) -> Page[tuple[Sale, SaleFigures]]:
    """Newest first, with how each goes. Raises BadCursor."""
    before = decode_id_cursor(cursor)
    async with ctx.database.view() as db:
        sales = await sale_rows.list_sales(db, narrow, before=before, limit=limit + 1)
        figures = await sale_rows.figures_of(db, [sale.id for sale in sales])
    rows = [(sale, figures[sale.id]) for sale in sales]
    return page_of(rows, limit, lambda row: encode_cursor(str(row[0].id)))
