"""The shop's pages as browsers, chats and search engines get them: one document, and what the link leads to."""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

import httpx
import pytest
from PIL import Image

from chengtuan.apps.composition import Composition
from chengtuan.apps.shop import ShopFiles
from chengtuan.apps.shop.head import Words, head_of
from chengtuan.apps.shop.links import Link
from chengtuan.apps.web import create_app
from chengtuan.kernel.problems import Unavailable
from chengtuan.modules.trade.facade import LinkCard, LinkFlash, LinkProgress, TradeFacade
from chengtuan.platform.http.headers import ASK_AGAIN, PAGES
from tests.support.flash import flash_sale
from tests.support.shop import Shop
from tests.support.world import SHOP, World

CLIENT = Path(__file__).parents[2] / "clients" / "shop"
TOLD = re.findall(r"'([a-z]+\.\w+)'", (CLIENT / "src" / "core" / "told-by-the-server.ts").read_text(encoding="utf-8"))
_TABLE = (CLIENT / "src" / "core" / "pages.ts").read_text(encoding="utf-8").partition("ADDRESSES")[2]
ADDRESSES = dict(re.findall(r"^  (\w+): '(/[^']*)',$", _TABLE, re.MULTILINE))
LANGUAGES = ("zh-Hant", "zh-Hans", "en")


def texts(language: str) -> dict[str, str]:
    tree = json.loads((CLIENT / "src" / "locales" / f"{language}.json").read_text(encoding="utf-8"))
    return {key: tree[key.split(".")[0]][key.split(".")[1]] for key in TOLD}


WORDS = {language: Words(language, texts(language)) for language in LANGUAGES}


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A build of the shop, as far as the server reads it; tests of the build itself are the journeys."""
    shop = tmp_path / "dist" / "shop"
    shop.mkdir(parents=True)
    document = (CLIENT / "index.html").read_text(encoding="utf-8").replace("/src/main.ts", "/assets/main-1.js")
    (shop / "index.html").write_text(document, encoding="utf-8")
    said = {"addresses": ADDRESSES, "texts": {language: texts(language) for language in LANGUAGES}}
    (shop / "server.json").write_text(json.dumps(said), encoding="utf-8")
    return shop


@pytest.fixture
async def visitor(world: World, dist: Path) -> AsyncIterator[httpx.AsyncClient]:
    composition: Composition = world.composition
    platform = composition.platform
    composition.platform = platform.model_copy(update={"client_dist": dist.parent})
    app = create_app(composition, background=False)
    composition.platform = platform
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=SHOP) as client:
        yield client


def tags(page: str) -> dict[str, str]:
    found = re.findall(r'<(?:meta|link) (?:name|property|rel)="([^"]+)" (?:content|href)="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


def card(**changes: Any) -> LinkCard:
    plain: dict[str, Any] = {
        "product_id": UUID(int=1),
        "name": {"zh-Hant": "蜜柚", "en": "Pomelo"},
        "image_url": "/media/uploads/x.webp",
        "solo_price_fen": 4990,
        "group_price_fen": 2990,
        "people": [3],
        "ladder": False,
        "sold_out": False,
        "progress": LinkProgress(goal="form", missing=2, held=0, full=False),
    }
    return LinkCard(**plain | changes)


_ALONE: dict[str, Any] = {"group_price_fen": None, "people": [], "progress": None}
_COMES = LinkFlash(price_fen=1990, starts_at=datetime(2026, 11, 28, 12, tzinfo=UTC), has_begun=False)


@pytest.mark.parametrize(
    ("page", "language", "changes", "title", "description"),
    [
        ("product", "zh-Hant", {}, "蜜柚", "3 人團 ¥29.90 · 單買 ¥49.90 · 還差 2 人成團"),
        ("product", "en", {"progress": None}, "Pomelo", "Group of 3 ¥29.90 · Alone ¥49.90"),
        (
            "product",
            "en",
            {"progress": None, "sold_out": True},
            "Pomelo",
            "Group of 3 ¥29.90 · Alone ¥49.90 · Sold out",
        ),
        ("product", "zh-Hans", {"group_price_fen": None, "people": [], "progress": None}, "蜜柚", "单买 ¥49.90"),
        ("group", "zh-Hant", {}, "還差 2 人成團，¥29.90 一起拼 蜜柚", "3 人團 ¥29.90 · 單買 ¥49.90 · 還差 2 人成團"),
        (
            "group",
            "en",
            {
                "people": [3, 5],
                "ladder": True,
                "progress": LinkProgress(goal="next_tier", missing=1, held=0, full=False),
            },
            "1 more: lower price: Pomelo for ¥29.90 together",
            "Step price 3–5 ¥29.90 · Alone ¥49.90 · 1 more: lower price",
        ),
        ("group", "en", {"progress": None}, "Pomelo for ¥29.90 together", "Group of 3 ¥29.90 · Alone ¥49.90"),
        (
            "group",
            "en",
            {"progress": LinkProgress(goal="form", missing=1, held=1, full=True)},
            "Pomelo for ¥29.90 together",
            "Group of 3 ¥29.90 · Alone ¥49.90 · Places taken, 1 being paid",
        ),
        (
            "flashSale",
            "zh-Hant",
            {**_ALONE, "flash": _COMES},
            "限時秒殺 ¥19.90：蜜柚",
            "限時秒殺 ¥19.90 · 11-28 20:00 開始 · 單買 ¥49.90",
        ),
        (
            "flashSale",
            "en",
            {**_ALONE, "flash": replace(_COMES, has_begun=True), "sold_out": True},
            "Flash sale ¥19.90: Pomelo",
            "Flash sale ¥19.90 · Alone ¥49.90 · Sold out",
        ),
    ],
)
def test_a_link_tells_what_the_page_tells(
    page: str, language: str, changes: dict[str, Any], title: str, description: str
) -> None:
    told = tags(head_of(page, f"/{page}/1", SHOP, WORDS[language], Link(card(**changes))))
    assert (told["og:title"], told["og:description"], told["description"]) == (title, description, description)


def test_nothing_that_a_merchant_writes_leaves_its_place() -> None:
    hostile = "\"><script>alert(1)</script></title>&amp;'"
    link = Link(card(name={"en": hostile}, image_url='https://x.test/"><script>'))
    for page in ("product", "group", "flashSale"):
        head = head_of(page, f"/{page}/1", SHOP, WORDS["en"], link)
        assert "<script>" not in head
        assert head.count("<script") == head.count("</script>") == (1 if page == "product" else 0)
        assert head.count("<title>") == head.count("</title>") == 1
        assert hostile in tags(head)["og:title"]
    data = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', head_of("product", "/p", SHOP, WORDS["en"], link)
    )
    assert json.loads(data[0])["name"] == hostile


async def test_a_product_is_told_of_in_the_language_of_who_asks(shop: Shop, visitor: httpx.AsyncClient) -> None:
    await shop.campaign([3], [8000])
    path = f"/product/{shop.product_id}"
    answer = await visitor.get(path, headers={"Accept-Language": "en-US,en;q=0.9"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["cache-control"] == ASK_AGAIN
    assert answer.headers["content-security-policy"] == PAGES
    assert "Accept-Language" in answer.headers["vary"]
    told = tags(answer.text)
    assert told["og:description"] == "Group of 3 ¥80.00 · Alone ¥100.00"
    assert (told["og:url"], told["canonical"]) == (SHOP + path, SHOP + path)
    assert (told["og:locale"], '<html lang="en"' in answer.text) == ("en_US", True)
    assert "/assets/main-1.js" in answer.text
    chosen = await visitor.get(path, params={"lang": "zh-Hans"}, headers={"Accept-Language": "en"})
    assert tags(chosen.text)["og:locale"] == "zh_CN"
    assert tags(chosen.text)["canonical"] == SHOP + path
    offer = json.loads(re.findall(r'ld\+json">(.*?)</script>', answer.text)[0])["offers"]
    assert (offer["price"], offer["availability"]) == ("100.00", "https://schema.org/InStock")
    again = await visitor.get(path, headers={"Accept-Language": "en", "If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.headers["content-security-policy"]) == (304, PAGES)
    other = await visitor.get(path, headers={"Accept-Language": "zh-Hans", "If-None-Match": answer.headers["etag"]})
    assert (other.status_code, tags(other.text)["og:locale"]) == (200, "zh_CN"), "that one is of another language"


async def test_a_group_is_told_of_as_far_as_it_is(shop: Shop, visitor: httpx.AsyncClient) -> None:
    campaign = await shop.campaign([3], [8000])
    initiator = await shop.shopper(1)
    order = await initiator.open(campaign)
    path = f"/group/{order['group_id']}"
    assert "og:title" not in tags((await visitor.get(path)).text), "a draft is its initiator's alone"
    await initiator.pay(order["id"])
    assert "還差 2 人成團" in tags((await visitor.get(path)).text)["og:title"]
    joiner = await shop.shopper(2)
    joined = await joiner.join(order["group_id"])
    await joiner.pay(joined["id"])
    told = tags((await visitor.get(path)).text)
    assert ("還差 1 人就成團" in told["og:title"], told["robots"]) == (True, "noindex"), "and that at once"


async def test_a_flash_sale_is_told_of_until_it_is_stopped(shop: Shop, visitor: httpx.AsyncClient) -> None:
    sale = await flash_sale(shop)
    told = tags((await visitor.get(f"/flash/{sale}")).text)
    assert (told["product:price:amount"], told["robots"]) == ("50.00", "noindex")
    assert "限時秒殺 ¥50.00" in told["og:title"]
    assert tags((await visitor.get("/flash")).text)["og:title"] == "限時秒殺"
    assert (await shop.merchant.post(f"/api/v1/trade/console/flash-sales/{sale}/stop")).status_code == 200
    assert "og:title" not in tags((await visitor.get(f"/flash/{sale}")).text)


async def test_a_price_is_told_right_after_it_changed_and_what_left_the_shelf_no_longer(
    shop: Shop, visitor: httpx.AsyncClient
) -> None:
    path = f"/product/{shop.product_id}"
    assert tags((await visitor.get(path)).text)["product:price:amount"] == "100.00"
    console = f"/api/v1/catalog/console/products/{shop.product_id}"
    product = (await shop.merchant.get(console)).json()
    product["skus"][0]["solo_price_fen"] = 8850
    assert (await shop.merchant.put(console, product)).status_code == 200
    await visitor.get(path)  # the catalog has it, the shelf not yet: what is kept of this moment goes with the shelf
    await shop.world.settle()
    assert tags((await visitor.get(path)).text)["product:price:amount"] == "88.50"
    assert (await shop.merchant.post(f"{console}/unpublish")).status_code == 200
    await shop.world.settle()
    left = await visitor.get(path)
    assert (left.status_code, tags(left.text)) == (200, tags(left.text) | {"robots": "noindex"})
    assert "og:title" not in tags(left.text)


async def test_a_crowd_at_one_link_reads_it_once(
    shop: Shop, visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade, asked = cast("TradeFacade", shop.world.composition.facades[TradeFacade]), 0
    show = type(trade).show_product_link

    async def counted(self: Any, **arguments: Any) -> LinkCard | None:
        nonlocal asked
        asked += 1
        return await show(self, **arguments)

    monkeypatch.setattr(type(trade), "show_product_link", counted)
    path = f"/product/{shop.product_id}"
    answers = await asyncio.gather(*(visitor.get(path, params={"lang": LANGUAGES[n % 3]}) for n in range(60)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 3
    assert asked == 1
    kept = await visitor.get(f"/link:product/{shop.product_id}")
    assert kept.status_code == 404, "what is kept for pages is no page itself"


@pytest.mark.parametrize("error", [Unavailable(retry_after_s=2), RuntimeError("a fault")])
async def test_a_page_opens_although_nobody_can_tell_what_it_leads_to(
    shop: Shop, visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def fail(_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(type(shop.world.composition.facades[TradeFacade]), "show_product_link", fail)
    answer = await visitor.get(f"/product/{shop.product_id}")
    assert answer.status_code == 200
    assert "/assets/main-1.js" in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *((address.replace(":id", str(UUID(int=7))), 200) for name, address in ADDRESSES.items() if name != "lost"),
        ("/orders/", 200),
        ("/product/not-an-id", 404),
        ("/nowhere", 404),
        ("/lost", 404),
        ("/group", 404),
        ("/group/1/2", 404),
    ],
)
async def test_every_address_is_answered_with_the_document(visitor: httpx.AsyncClient, path: str, status: int) -> None:
    answer = await visitor.get(path)
    assert (answer.status_code, "/assets/main-1.js" in answer.text) == (status, True)
    assert ("noindex" in answer.text) == (path not in ("/", "/category", "/flash"))
    head = await visitor.head(path)
    assert (head.status_code, head.headers["etag"]) == (status, answer.headers["etag"])


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/nowhere.js", "/assets/gone-1.js", "/.git/config", "/api/nothing"]
)
async def test_what_is_no_page_is_refused_as_before(visitor: httpx.AsyncClient, path: str) -> None:
    answer = await visitor.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "platform/not-found")
    assert (await visitor.post("/nowhere")).status_code == 405


@pytest.mark.parametrize("path", ["/flash/%00", "/%00", f"/product/{UUID(int=7)}%00", "/nowhere?x=%00"])
async def test_who_looks_at_an_address_that_is_no_text_sees_the_shops_own_page(
    visitor: httpx.AsyncClient, path: str
) -> None:
    answer = await visitor.get(path, headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (answer.status_code, "/assets/main-1.js" in answer.text, "noindex" in answer.text) == (404, True, True)
    for program in (await visitor.get(path), await visitor.get(f"/api/v1{path}", headers={"accept": "text/html"})):
        assert (program.status_code, program.json()["code"]) == (422, "platform/invalid-request")


@pytest.mark.parametrize(
    "form", [str.upper, lambda id_: f"{{{id_}}}", lambda id_: id_.replace("-", ""), "urn:uuid:{}".format]
)
@pytest.mark.parametrize("address", ["/product/{}", "/group/{}", "/orders/{}/pay"])
async def test_one_thing_has_one_address(visitor: httpx.AsyncClient, address: str, form: Callable[[str], str]) -> None:
    """Whoever comes by another one is led there, with what they brought; what is no id is no page."""
    plain = "0a0a0a0a-0000-4000-8000-00000000000a"
    led = await visitor.get(address.format(quote(form(plain), safe="")), params={"do": "join"})
    assert (led.status_code, led.headers["location"]) == (308, f"{address.format(plain)}?do=join")
    assert (await visitor.get(address.format(plain))).status_code == 200
    for nonsense in (plain[:-1], f"{plain}0", "nonsense", "%2F%2Fevil"):
        assert (await visitor.get(address.format(nonsense))).status_code == 404


async def test_a_picture_is_told_with_its_size_and_whole_address(shop: Shop, visitor: httpx.AsyncClient) -> None:
    trade = cast("TradeFacade", shop.world.composition.facades[TradeFacade])
    shown = await trade.show_product_link(product_id=UUID(shop.product_id))
    assert shown is not None
    assert shown.image_url.startswith("/media/")
    file = shop.world.composition.platform.data / shown.image_url.removeprefix("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (64, 48)).save(file, "WEBP")
    told = tags((await visitor.get(f"/product/{shop.product_id}")).text)
    assert told["og:image"] == SHOP + shown.image_url
    assert (told["og:image:width"], told["og:image:height"]) == ("64", "48")


async def test_a_build_that_was_replaced_is_served_at_once(dist: Path) -> None:
    files = ShopFiles(dist, None, SHOP)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=files), base_url=SHOP) as client:
        assert "main-1.js" in (await client.get("/")).text
        document = dist / "index.html"
        document.write_text(document.read_text(encoding="utf-8").replace("main-1", "main-2"), encoding="utf-8")
        os.utime(document, ns=(1, 1))
        assert "main-2.js" in (await client.get("/")).text
