"""What others' shops made of what people type, paste and search."""

from importlib import import_module
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from chengtuan.gateways.wechat.pay import _shortened
from chengtuan.kernel.search import normalised
from chengtuan.kernel.text import cut
from chengtuan.modules.accounts.people.rules.phones import parse_phone
from chengtuan.modules.messaging.rules.wording import subscribe_data
from tests.modules.trade.variants import document, edit
from tests.regressions.evidence import rows
from tests.support.shop import ADDRESS, Shop
from tests.support.world import World

SEARCHED = {
    "catalog.product": "search_text",
    "trade.listing": "search_text, search_grams, search_spelt",
    "trade.goods_name": "text, grams",
}
MIGRATIONS = (
    "chengtuan.modules.catalog.migrations.versions.catalog_0007_names_are_found_without_accents",
    "chengtuan.modules.trade.migrations.versions.trade_0025_names_are_found_without_accents",
)


@pytest.mark.parametrize(
    "typed",
    [
        "138\ufe0d00001111",
        "13800001111\ufe0f",
        "\u202d13800001111\u202c",
        "138\u200b0000\u200d1111\ufeff",
        "138\u00ad0000\u20601111",
        "+86\u00a0138\u20110000\u20111111",
        "１３８　００００　１１１１",
    ],
)
def test_a_phone_is_read_through_what_nobody_sees(typed: str) -> None:
    """https://github.com/woocommerce/woocommerce/issues/58000 and https://github.com/medic/cht-core/issues/7654,
    https://github.com/nhoizey/vscode-gremlins/pull/204

    Numbers copied from documents, chats and address books bring marks along that nobody sees, and were invalid.
    """
    assert parse_phone(typed) == "+8613800001111"


@pytest.mark.parametrize("start", ["166", "171", "177", "190", "191", "192", "195", "196", "197", "198", "199"])
def test_a_new_block_of_numbers_needs_no_release(start: str) -> None:
    """https://github.com/aweiu/element-ui-verify/issues/24, https://github.com/siteserver/cms/issues/1749,
    https://github.com/Authing/Guard/issues/61: each new block of mobile numbers could not sign in for a while.
    """
    assert parse_phone(f"{start}12345678") == f"+86{start}12345678"


async def test_one_phone_is_one_person_however_it_is_written(world: World) -> None:
    """https://github.com/bigboringsystem/bigboringsystem/issues/53: with and without country code, two accounts."""
    person = await world.sign_in("13800001111")
    for written in ("+86 138 0000 1111", "0086-13800001111"):
        asked = await world.client.post(
            "/api/v1/accounts/sms-codes",
            json={"phone": written},
            headers={"X-Forwarded-For": f"203.0.113.{len(written)}"},
        )
        await world.settle()
        inbox = (await world.partner.get("/desk/api/sms", params={"phone": "+8613800001111"})).json()
        tried = {"phone": written, "code": inbox["items"][0]["code"], "request_id": asked.json()["request_id"]}
        answer = await world.client.post("/api/v1/accounts/sessions/phone", json=tried)
        assert answer.json()["user"]["id"] == str(person.id)


@pytest.mark.parametrize(
    ("text", "most", "kept"),
    [
        ("柚子👨‍👩‍👧", 7, "柚子👨‍👩‍👧"),
        ("柚子👨‍👩‍👧", 6, "柚子"),
        ("柚子👨‍👩‍👧", 4, "柚子"),
        ("柚子👍🏽甜", 3, "柚子"),
        ("柚子👍🏽甜", 4, "柚子👍🏽"),
        ("🇨🇳🇭🇰", 3, "🇨🇳"),
        ("🇨🇳🇭🇰", 2, "🇨🇳"),
        ("第3️⃣", 3, "第"),
        ("cafe\u0301", 4, "caf"),
        ("柚子", 0, ""),
        ("柚子", 9, "柚子"),
    ],
)
def test_nothing_is_cut_through_an_emoji(text: str, most: int, kept: str) -> None:
    """https://github.com/bluesky-social/social-app/pull/11568, https://github.com/notnoop/java-apns/pull/22,
    https://github.com/woocommerce/woocommerce-paypal-payments/issues/491: what was too long for a message or a payment
    was cut in the middle of a sign, and was refused or another sign.
    """
    assert cut(text, most) == kept


def test_what_wechat_gets_is_cut_between_signs() -> None:
    """The same, where it is used: a subscribe message, a payment's description, a parcel's contents."""
    name = "柚" * 18 + "👨‍👩‍👧甜"
    assert subscribe_data({"product": name}, {"thing1": "product"}) == {"thing1": "柚" * 18 + "…"}
    assert _shortened("柚" * 40 + "👨‍👩‍👧", 127) == "柚" * 40


EMOJI = "🐟 👨‍👩‍👧 🙂‍↔️ 👁️‍🗨️ 🏴‍☠️ 👩🏽‍❤️‍👨🏿 🐈‍⬛ 𠮷野 3️⃣"


async def test_emoji_and_rare_characters_stay_as_they_were_typed(shop: Shop) -> None:
    """https://github.com/tencentyun/wafer2-startup/issues/171 (nicknames), https://github.com/craftcms/commerce/issues/886
    and /issues/1426, https://github.com/magento/magento2/issues/12058 (remarks, addresses): an emoji broke the order;
    https://github.com/zulip/zulip/pull/31519 and https://github.com/wireapp/wire-ios-utilities/pull/33: or it was taken
    apart.
    """
    buyer = await shop.shopper(1)
    named = await buyer.person.client.patch(
        "/api/v1/accounts/me", json={"nickname": "🙂‍↔️𠮷"}, headers=buyer.person._headers()
    )
    assert named.json()["nickname"] == "🙂‍↔️𠮷"
    house = await buyer.person.post("/api/v1/accounts/me/addresses", ADDRESS | {"detail": EMOJI})
    order = await buyer.order("solo", remark=f"{EMOJI}\n第二行", address_id=house.json()["id"])
    await buyer.pay(order["id"])
    packing = (await shop.merchant.get(f"/api/v1/trade/console/orders/{order['id']}")).json()
    assert (packing["remark"], packing["address"]["detail"]) == (f"{EMOJI}\n第二行", EMOJI)
    assert (await buyer.see(order["id"]))["status"] == "to_ship"


async def _found(shop: Shop, query: str) -> list[dict[str, Any]]:
    answer = await shop.world.client.get("/api/v1/trade/listings", params={"q": query})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_spaces_hide_nothing(shop: Shop) -> None:
    """https://github.com/nopSolutions/nopCommerce/issues/6000, https://github.com/TencentBlueKing/bk-sops/pull/2041,
    https://github.com/next-l/enju_leaf/issues/63 (full-width), https://github.com/xmflswood/pinyin-match/issues/2 and
    https://github.com/elasticpath/react-pwa-reference-storefront/issues/418: a space too many found nothing.
    """
    await edit(shop, await document(shop) | {"name": {"zh-Hant": "福建 蜜柚", "en": "Build your own pomelo"}})
    for query in (
        "build  your",
        " pomelo ",
        "\u3000蜜柚\u3000",
        "福建\u3000蜜柚",
        "蜜柚 福建",
        "蜜 柚",
        "own\tbuild",
        "\u3000",
        " ",
    ):
        assert len(await _found(shop, query)) == 1, query
    assert await _found(shop, "build yours") == []


async def test_what_the_keyboard_chose_hides_nothing(shop: Shop) -> None:
    """https://github.com/zencart/zencart/pull/5268, https://github.com/spacepandas/cineaste-ios/pull/102,
    https://github.com/BLeeEZ/amperfy/pull/786 (an iPhone types ’ for '), https://github.com/itchio/itch.io/issues/906,
    https://github.com/evershopcommerce/evershop/issues/665, https://github.com/ecomplus/storefront/issues/428 (nobody
    types accents).
    """
    await edit(
        shop, await document(shop) | {"name": {"zh-Hant": "老農の“蜜柚”・1〜2斤", "en": "Farmer's crème brûlée"}}
    )
    buyer = await shop.shopper(1)
    order = await buyer.order("solo")
    for query in ("farmer’s", "Farmerʼs", "creme brulee", "CRÈME", '"蜜柚"', "蜜柚”·1～2斤"):
        assert len(await _found(shop, query)) == 1, query
        for path in ("/api/v1/trade/console/orders", "/api/v1/catalog/console/products"):
            found = (await shop.merchant.get(path, q=query)).json()["items"]
            assert [each["id"] for each in found] == [order["id"] if "orders" in path else shop.product_id], query
    assert await _found(shop, "farmer") == await _found(shop, "farmer's")
    assert await _found(shop, "farmers") == []


async def test_names_from_before_are_found_the_same(shop: Shop) -> None:
    """The data of an older copy: its texts were searched as they were written. Once more changes nothing."""
    await edit(shop, await document(shop) | {"name": {"en": "Café O’Neil 蜜柚"}})
    url = shop.world.environ["CHENGTUAN_DATABASE_URL"]

    def kept() -> list[Any]:
        return [rows(shop, f"select {columns} from {table} order by 1") for table, columns in SEARCHED.items()]

    made = kept()
    for table, columns in SEARCHED.items():
        column, old = columns.partition(",")[0], ("cafe o'neil", "café o’neil")
        rows(shop, f"update {table} set {column} = replace({column}, %s, %s) returning 1", *old)
    rows(shop, "update trade.listing set search_grams = '{}', search_spelt = '' returning 1")
    assert await _found(shop, "o'neil") == []
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=NullPool)
    for _ in range(2):
        with engine.begin() as connection:
            for migration in MIGRATIONS:
                import_module(migration).fold(connection)
        assert kept() == made
    assert len(await _found(shop, "cafe o'neil")) == 1


async def test_a_pattern_is_nothing_but_letters(shop: Shop) -> None:
    """https://github.com/janavipandole/Cara/issues/5785, https://github.com/EC-CUBE/ec-cube/pull/3326,
    https://github.com/activerecord-hackery/ransack/issues/256: `%` and `_` found everything, and 100% what it is not.
    """
    await edit(shop, await document(shop) | {"name": {"zh-Hant": "100%果汁", "en": "A_B juice"}})
    for query in ("%", "100%", "_", "a_b", "0%果"):
        assert len(await _found(shop, query)) == 1, query
    await edit(shop, await document(shop) | {"name": {"zh-Hant": "1000果汁", "en": "AxB juice"}})
    for query in ("%", "100%", "_", "a_b", "0%果", "1%0"):
        assert await _found(shop, query) == [], query


@pytest.mark.parametrize(
    "written",
    ["衞生紙 衛生紙 卫生纸", "電腦枱 電腦檯 电脑台", "化粧水 化妝水 化妆水", "咖啡荳 咖啡豆", "蕃藷 蕃薯", "籐椅 藤椅",
     "糖菓 糖果", "肉糭 肉糉 肉粽", "燒鵞 燒鵝 烧鹅", "裏脊 裡脊 里脊", "麪包 麵包 面包", "綫香 線香 线香",
     "鷄蛋 雞蛋 鸡蛋"],
)  # fmt: skip
def test_whatever_script_a_place_writes_finds_the_others(written: str) -> None:
    """https://github.com/BYVoid/OpenCC/issues/169 (衞生 stays as it is), https://github.com/rime/rime-cantonese/pull/19;
    https://github.com/hustlzp/xichuangzhu-ios/issues/50 and /issues/53, https://github.com/yjl9903/AnimeGarden/issues/1589,
    https://github.com/miyago9267/MyGO-Searcher/issues/8: one script found nothing that is written in the other.
    """
    assert len({normalised(word) for word in written.split()}) == 1
