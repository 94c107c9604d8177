"""Flash sales of the demo: some that run when the shop is opened, and one that comes. Nobody has bought in them."""

from datetime import datetime, timedelta
from typing import Any

from chengtuan.apps.demo.catalogue import Catalogue
from chengtuan.apps.demo.shelves import Goods
from chengtuan.apps.demo.story import Story


async def announce_flash_sales(story: Story, catalogue: Catalogue, now: datetime) -> None:
    """Slots begin at full hours; the first has begun at `now`."""
    keys = {product["key"]: [sku["key"] for sku in product["skus"]] for product in catalogue.products}
    for terms in catalogue.flash_sales:
        goods = story.goods[terms["product"]]
        owner = await story.owner(goods)
        await owner.call("POST", "/trade/console/flash-sales", _sale(terms, goods, keys[goods.key], now))


def _sale(terms: dict[str, Any], goods: Goods, keys: list[str], now: datetime) -> dict[str, Any]:
    starts_at = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=terms["begins_in_hours"])
    sku_ids = dict(zip(keys, goods.sku_ids, strict=True))
    return {
        "product_id": goods.product_id,
        "name": terms["name"],
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=terms["hours"])).isoformat(),
        "variants": [{"sku_id": sku_ids[key], **variant} for key, variant in terms["variants"].items()],
        "per_user_limit": terms["per_user_limit"],
    }
