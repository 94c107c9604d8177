"""A small shop with some of everything that a merchant would miss: orders, phones, money, a picture."""

import io

from PIL import Image

from tests.support.shop import Shop, open_shop
from tests.support.world import World


async def live_a_little(world: World) -> Shop:
    """A formed group with its ladder's difference paid back, an order alone and shipped, one that waits, a picture."""
    shop = await open_shop(world)
    await upload_picture(shop)
    campaign = await shop.campaign([2, 3], [8000, 7000])
    first, second, third = [await shop.shopper(number) for number in range(3)]
    opened = await first.open(campaign)
    await first.pay(opened["id"])
    for other in (second, third):
        joined = await other.join(opened["group_id"])
        await other.pay(joined["id"])
    alone = await second.order("solo")
    await second.pay(alone["id"])
    parcel = {"carrier_code": "SF", "tracking_no": "SF1234567890"}
    shipped = await shop.merchant.post(f"/api/v1/fulfilment/console/orders/{alone['id']}/ship", parcel)
    assert shipped.status_code in {200, 201, 204}, shipped.text
    await third.order("solo")
    await world.settle()
    return shop


async def upload_picture(shop: Shop) -> str:
    """The address of a picture that the merchant uploaded."""
    file = io.BytesIO()
    Image.new("RGB", (320, 320), "orange").save(file, "PNG")
    answer = await shop.world.client.post(
        "/api/v1/catalog/console/media",
        files={"file": ("pomelo.png", file.getvalue(), "image/png")},
        headers={"Authorization": f"Bearer {shop.merchant.token}"},
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["url"])
