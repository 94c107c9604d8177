"""The catalog hears what an activity sells for: nobody makes one piece alone cheaper without ending it."""

from datetime import datetime

from chengtuan.modules.catalog.facade import GroupPrice, ProductNotFound
from chengtuan.modules.trade.activities.rows.activities import NewActivity
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.problems import SkuNotFound


async def keep_prices(ctx: TradeContext, activity: NewActivity, *, until: datetime) -> None:
    """Raises SkuNotFound, and the catalog's DearerThanAlone where the shelf had not heard of its new prices yet."""
    try:
        await ctx.catalog.keep_prices(
            campaign_id=activity.id,
            merchant_id=activity.merchant_id,
            product_id=activity.product_id,
            prices=[GroupPrice(sku_id=sku_id, price_fen=prices[0]) for sku_id, prices in activity.prices.items()],
            until=until,
        )
    except ProductNotFound as error:
        raise SkuNotFound from error
