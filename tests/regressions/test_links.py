"""What chats showed of others' links, and what they added to them."""

import json
import re
from datetime import timedelta

import httpx

from tests.api.test_shop_pages import tags
from tests.modules.trade.variants import document, edit
from tests.support.shop import Shop
from tests.support.world import SHOP

PAGES_AGE = timedelta(seconds=2)
"""No page is kept longer."""


async def test_a_name_is_told_as_it_is_written(shop: Shop, visitor: httpx.AsyncClient) -> None:
    """https://github.com/openfoodfoundation/openfoodnetwork/issues/8401 and
    https://github.com/openbenches/openbenches.org/issues/311 (`&#39;` in chats: escaped twice),
    https://github.com/headwirecom/peregrine-cms/issues/380 (no picture: its address was not a whole one).
    """
    name = "Tout Ô'pré & Fils 2\" <ripe> &#39;特級&#39;"
    await edit(shop, await document(shop) | {"name": {"zh-Hant": name}})
    page = (await visitor.get(f"/product/{shop.product_id}")).text
    told = tags(page)
    assert told["og:title"] == name
    assert told["og:image"].startswith(f"{SHOP}/media/")
    data = re.findall(r'ld\+json">(.*?)</script>', page)
    assert (json.loads(data[0])["name"], json.loads(data[0])["image"]) == (name, told["og:image"])


async def test_what_a_chat_adds_to_a_link_changes_nothing(shop: Shop, visitor: httpx.AsyncClient) -> None:
    """https://github.com/Meizhuo/silentor/issues/4, https://github.com/lipten/slidePage/issues/9: WeChat adds
    `from=singlemessage&isappinstalled=0`, and the page was not found, or another one.
    """
    path = f"/product/{shop.product_id}"
    plain = await visitor.get(path)
    for added in (
        "from=singlemessage&isappinstalled=0",
        "from=timeline",
        "fbclid=x&utm_source=a%26b",
        "&",
        "=%E8%9C%9C",
    ):
        shared = await visitor.get(f"{path}?{added}")
        assert (shared.status_code, shared.text) == (200, plain.text), added
    assert tags(plain.text)["og:url"] == SHOP + path


async def test_a_link_says_that_nothing_is_left(shop: Shop, visitor: httpx.AsyncClient) -> None:
    """https://github.com/PrestaShop/PrestaShop/issues/23534, https://github.com/NetoECommerce/Skeletal/issues/306: what
    was sold out was told of as if it could be bought.
    """
    campaign = await shop.campaign([3], [8000], stock_cap=2)
    first, second = await shop.shopper(1), await shop.shopper(2)
    order = await first.open(campaign)
    await first.pay(order["id"])
    product, group = f"/product/{shop.product_id}", f"/group/{order['group_id']}"

    async def sold_out() -> list[bool]:
        shop.world.clock.advance(PAGES_AGE)
        told = [tags((await visitor.get(path)).text)["og:description"] for path in (product, group)]
        return ["已售完" in each for each in told]

    assert await sold_out() == [False, False]
    other = await second.open(campaign)
    assert await sold_out() == [False, True], "the campaign has no more, alone it can be had"
    await second.person.post(f"/api/v1/trade/orders/{other['id']}/cancel")
    assert await sold_out() == [False, False]
    await shop.set_stock(1)
    assert await sold_out() == [True, True]
    assert "OutOfStock" in (await visitor.get(product)).text


ODD_LANGUAGES = {
    ";": "zh-Hant",
    "*": "zh-Hant",
    "es-419,es;q=0.9,en;q=0.8": "en",
    "en-US-x-twain;q=1.0.0": "zh-Hant",
    "en_AE": "en",
    "zh_CN": "zh-Hans",
    "zh_TW,en;q=0.3": "zh-Hant",
    "," * 9000: "zh-Hant",
}


async def test_no_language_is_too_odd(visitor: httpx.AsyncClient) -> None:
    """https://github.com/dropwizard/dropwizard/issues/2097, https://github.com/tburch/jsonblob/issues/22,
    https://github.com/infogami/infogami/pull/10, https://github.com/Sage-Bionetworks/BridgePF/pull/1065 (an internal
    error), https://github.com/FusionAuth/fusionauth-issues/issues/1958 (`en_AE`; WeChat names its languages so).
    """
    for header, language in ODD_LANGUAGES.items():
        page = await visitor.get("/", headers={"Accept-Language": header})
        assert (page.status_code, f'<html lang="{language}"' in page.text) == (200, True), header
