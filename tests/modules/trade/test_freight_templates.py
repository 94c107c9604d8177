"""Templates are taken away, begun with and chosen for many products; two clerks at once; what is not weighed."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from chengtuan.kernel.provinces import PROVINCE_CODES
from chengtuan.modules.trade.admission.rules import decide
from chengtuan.modules.trade.freight.rows import choosing
from chengtuan.modules.trade.freight.rules import FREE, ShownZone, shown_freight
from chengtuan.modules.trade.pricing.rules.freight import FreightUnit, Load, Template, Zone
from tests.concurrency.stage import another_product
from tests.modules.trade.test_cart import add, cart, lines_in
from tests.modules.trade.test_freight import ELSEWHERE, FREIGHT, TEMPLATES, preview, send, sent_by, template
from tests.modules.trade.variants import document, edit, variants
from tests.support.shop import Buyer, Shop, open_shop
from tests.support.world import World

pytestmark = pytest.mark.feature("X13")
PRODUCTS = f"{FREIGHT}/products"
BY_WEIGHT: dict[str, Any] = {
    "unit": "gram",
    "zones": [ELSEWHERE | {"first_units": 1000, "further_units": 500}],
    "undelivered": [],
}


async def listed(shop: Shop, **query: Any) -> list[dict[str, Any]]:
    answer = await shop.merchant.get(PRODUCTS, **query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def another(shop: Shop) -> str:
    """A second product of the shop."""
    await another_product(shop)
    return next(str(row["product_id"]) for row in await listed(shop) if row["product_id"] != shop.product_id)


async def remove(shop: Shop, made: dict[str, Any], *, version: int = 1, **move: Any) -> Any:
    body = {"version": version, "move": move or None}
    return await shop.merchant.post(f"{TEMPLATES}/{made['id']}/remove", body)


def said(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def offered(shop: Shop) -> dict[str, Any]:
    return dict((await shop.world.client.get(f"/api/v1/trade/products/{shop.product_id}/offer")).json()["freight"])


async def test_templates_come_in_pages_by_name(shop: Shop) -> None:
    for name in ("乙", "Parcels", "甲", "Letters"):
        await template(shop, name=name)
    whole = [each["name"] for each in (await shop.merchant.get(TEMPLATES)).json()["items"]]
    assert len(whole) == 4
    found: list[str] = []
    page: dict[str, Any] = {"next_cursor": None}
    while page["next_cursor"] or not found:
        query = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
        page = (await shop.merchant.get(TEMPLATES, limit=1, **query)).json()
        found += [each["name"] for each in page["items"]]
        assert all(len(each["zones"]) == 2 for each in page["items"])
    assert found == whole


async def test_a_template_in_use_is_not_removed_before_its_products_are_sent_otherwise(shop: Shop) -> None:
    made, other = await sent_by(shop), await template(shop, name="Letters")
    order = await (await shop.shopper(1)).order("solo")
    refused = await remove(shop, made)
    assert said(refused) == (409, "trade/freight-template-used")
    assert (refused.json()["products"], refused.json()["names"]) == (1, [{"zh-Hant": "蜜柚", "en": "Pomelo"}])
    for nowhere in (made["id"], str(uuid4())):
        assert said(await remove(shop, made, template_id=nowhere)) == (404, "trade/freight-template-not-found")
    assert [row["template_id"] for row in await listed(shop)] == [made["id"]], "nothing was half done"
    assert (await remove(shop, made, template_id=other["id"])).status_code == 204
    assert [(row["template_name"], row["version"]) for row in await listed(shop)] == [("Letters", 2)]
    assert (await remove(shop, other, template_id=None)).status_code == 204
    assert [(row["template_id"], row["version"]) for row in await listed(shop)] == [(None, 3)]
    assert (await shop.merchant.get(TEMPLATES)).json()["items"] == []
    buyer = await shop.shopper(1)
    assert (await buyer.see(order["id"]))["freight_fen"] == 600, "orders keep the freight they were placed with"
    assert (await preview(buyer))["adjustments"] == []


async def test_an_unused_template_is_removed_once_and_in_the_version_that_was_read(shop: Shop) -> None:
    made = await template(shop)
    terms = {"name": made["name"], "zones": [ELSEWHERE], "undelivered": [], "version": 1}
    assert (await shop.merchant.put(f"{TEMPLATES}/{made['id']}", terms)).status_code == 200
    for version in (1, 3):
        assert said(await remove(shop, made, version=version)) == (409, "trade/freight-changed")
    assert [(await remove(shop, made, version=2)).status_code for _ in range(2)] == [204, 404]


async def test_a_product_that_is_sent_by_it_this_moment_keeps_a_template(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever removes it has read that no product uses it; the foreign key knows better."""
    made = await sent_by(shop)
    real = choosing.versions_of
    readings: list[dict[UUID, int]] = [{}]

    async def stale(*args: Any) -> dict[UUID, int]:
        return readings.pop() if readings else await real(*args)

    monkeypatch.setattr(choosing, "versions_of", stale)
    assert said(await remove(shop, made)) == (409, "trade/freight-template-used")
    assert (await preview(await shop.shopper(1)))["freight_fen"] == 600


async def test_new_products_begin_with_the_default_and_others_keep_theirs(shop: Shop, world: World) -> None:
    made, rival = await template(shop), await open_shop(world)
    theirs = await template(rival)
    default = f"{FREIGHT}/default"
    assert said(await shop.merchant.post(default, {"template_id": theirs["id"]})) == (
        404,
        "trade/freight-template-not-found",
    )
    for _ in range(2):
        assert (await shop.merchant.post(default, {"template_id": made["id"]})).status_code == 204
    [shown] = (await shop.merchant.get(TEMPLATES)).json()["items"]
    assert (shown["is_default"], shown["products"]) == (True, 0)
    await another_product(shop)
    await edit(shop, await document(shop))
    assert [row["template_id"] for row in await listed(shop)] == [made["id"], None]
    assert (await remove(shop, made, template_id=None)).status_code == 204
    await another_product(shop)
    assert [row["template_id"] for row in await listed(shop)] == [None] * 3


async def test_many_products_get_one_template_or_none_of_them_does(shop: Shop, world: World) -> None:
    made, rival = await template(shop), await open_shop(world)
    second = await another(shop)
    both = [{"product_id": product_id, "version": 0} for product_id in (shop.product_id, second)]
    foreign = {"product_id": rival.product_id, "version": 0}
    stale = {"product_id": second, "version": 7}
    wrong: list[tuple[Any, Any, tuple[int, str]]] = [
        ([*both, foreign], made["id"], (404, "trade/sku-not-found")),
        ([both[0], stale], made["id"], (409, "trade/freight-changed")),
        (both, str(uuid4()), (404, "trade/freight-template-not-found")),
        ([both[0], both[0]], made["id"], (422, "platform/invalid-request")),
        ([], made["id"], (422, "platform/invalid-request")),
    ]
    for products, template_id, problem in wrong:
        refused = await shop.merchant.post(PRODUCTS, {"template_id": template_id, "products": products})
        assert said(refused) == problem
    assert {row["version"] for row in await listed(shop)} == {0}
    for template_id in (made["id"], None):
        versions = [{"product_id": row["product_id"], "version": row["version"]} for row in await listed(shop)]
        answer = await shop.merchant.post(PRODUCTS, {"template_id": template_id, "products": versions})
        assert answer.status_code == 204
        assert {row["template_id"] for row in await listed(shop)} == {template_id}


async def test_a_variant_is_weighed_once_in_a_request(shop: Shop) -> None:
    twice = [{"sku_id": shop.sku_id, "grams": grams} for grams in (600, 1)]
    body = {"template_id": None, "weights": twice, "version": 0}
    assert said(await shop.merchant.put(f"{PRODUCTS}/{shop.product_id}", body)) == (422, "platform/invalid-request")


async def test_the_list_says_which_product_is_sent_how(shop: Shop) -> None:
    made = await sent_by(shop)
    second = await another(shop)
    assert [row["product_id"] for row in await listed(shop)] == [second, shop.product_id]
    asked: list[tuple[dict[str, Any], list[str]]] = [
        ({"template_id": made["id"]}, [shop.product_id]),
        ({"free": True}, [second]),
        ({"q": "蜜柚"}, [shop.product_id]),
        ({"q": "nothing of that name"}, []),
        ({"unweighed": True}, []),
    ]
    for query, found in asked:
        assert [row["product_id"] for row in await listed(shop, **query)] == found, query
    page = (await shop.merchant.get(PRODUCTS, limit=1)).json()
    assert [row["product_id"] for row in await listed(shop, limit=1, cursor=page["next_cursor"])] == [shop.product_id]


async def test_the_second_clerk_hears_who_came_first(shop: Shop) -> None:
    made = await template(shop)
    assert made["edited_by"] == "Owner"
    terms = {key: made[key] for key in ("name", "zones", "undelivered")}
    path = f"{TEMPLATES}/{made['id']}"
    assert (await shop.merchant.put(path, terms | {"version": 1})).status_code == 200
    refused = await shop.merchant.put(path, terms | {"version": 1})
    assert (refused.json()["version"], refused.json()["by"], refused.json()["at"][:2]) == (2, "Owner", "20")
    await send(shop, made["id"])
    late = await send(shop, None)
    assert (said(late), late.json()["by"]) == ((409, "trade/freight-changed"), "Owner")


async def with_a_variant_more(shop: Shop) -> str:
    """Of a product that is sent by weight; nobody has weighed it."""
    made = await template(shop, **BY_WEIGHT)
    assert (await send(shop, made["id"], grams=600)).status_code == 200
    return (await variants(shop, 10000, 12000))[1]


async def carted(buyer: Buyer, *sku_ids: str) -> dict[str, str]:
    """The states of what is in the cart, with one of each of these put into it."""
    for sku_id in sku_ids:
        lines_in(await add(buyer, sku_id))
    return {line["sku_id"]: line["state"] for line in await cart(buyer)}


async def test_a_variant_that_nobody_weighed_is_not_sold(shop: Shop) -> None:
    added, buyer = await with_a_variant_more(shop), await shop.shopper(1)
    [row] = await listed(shop, unweighed=True)
    assert (row["product_id"], row["unweighed"]) == (shop.product_id, 1)
    wish = {"mode": "solo", "sku_id": added, "quantity": 1, "address_id": buyer.address_id}
    for path in ("/api/v1/trade/orders/preview", "/api/v1/trade/orders"):
        refused = await buyer.person.post(path, wish)
        assert said(refused) == (422, "trade/weight-missing")
        assert (refused.json()["sku_id"], refused.json()["product_id"]) == (added, shop.product_id)
    assert await carted(buyer, added, shop.sku_id) == {added: "unweighed", shop.sku_id: "ready"}
    assert (await preview(buyer))["freight_fen"] == 1500, "the others are sold as before"
    again = await send(shop, row["template_id"], version=1)
    assert said(again) == (422, "trade/weight-missing")
    weights = {"template_id": row["template_id"], "weights": [{"sku_id": added, "grams": 1001}], "version": 1}
    assert (await shop.merchant.put(f"{PRODUCTS}/{shop.product_id}", weights)).status_code == 200
    assert (await preview(buyer, sku_id=added))["freight_fen"] == 2000
    assert await carted(buyer) == {added: "ready", shop.sku_id: "ready"}
    assert await listed(shop, unweighed=True) == []


async def test_without_that_rule_it_would_travel_weightless(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    added, buyer = await with_a_variant_more(shop), await shop.shopper(1)
    rules = tuple(rule for rule in decide.RULES if rule is not decide.everything_is_weighed)
    monkeypatch.setattr(decide, "RULES", rules)
    order = await buyer.order("solo", sku_id=added, quantity=9)
    assert order["freight_fen"] == 1500


async def test_no_template_by_weight_is_given_to_what_is_not_weighed(shop: Shop) -> None:
    parcels, weighed = await sent_by(shop), await template(shop, **BY_WEIGHT | {"name": "By weight"})
    many = {"template_id": weighed["id"], "products": [{"product_id": shop.product_id, "version": 1}]}
    for refused in (
        await shop.merchant.post(PRODUCTS, many),
        await remove(shop, parcels, template_id=weighed["id"]),
    ):
        assert said(refused) == (422, "trade/weight-missing")
        assert refused.json()["sku_id"] == shop.sku_id
    assert [row["template_id"] for row in await listed(shop)] == [parcels["id"]]


ALL = frozenset(PROVINCE_CODES)
NEAR = frozenset({"440000", "450000"})


@pytest.mark.parametrize(
    ("template", "pieces", "shown"),
    [
        (
            Template(UUID(int=1), FreightUnit.PIECE, (Zone(frozenset(), 1, 600, 1, 200, 9900), Zone(NEAR, 1, 0, 1, 0))),
            [(0, 9000)],
            [(frozenset(), 600, 600, True, 9900, None), (NEAR, 0, 0, False, None, None)],
        ),
        # free from one piece on is free
        (
            Template(UUID(int=1), FreightUnit.PIECE, (Zone(frozenset(), 1, 600, 1, 200, None, 1),)),
            [],
            [(frozenset(), 0, 0, False, None, None)],
        ),
        # one piece is free, more are not
        (
            Template(UUID(int=1), FreightUnit.PIECE, (Zone(frozenset(), 1, 0, 1, 200),)),
            [],
            [(frozenset(), 0, 0, True, None, None)],
        ),
        # every variant reaches the threshold alone, to the fen; one misses it; one of two thresholds is enough
        (
            Template(UUID(int=1), FreightUnit.PIECE, (Zone(frozenset(), 1, 500, 1, 200, 5900),)),
            [(0, 7800), (0, 5900)],
            [(frozenset(), 0, 0, False, None, None)],
        ),
        (
            Template(UUID(int=1), FreightUnit.PIECE, (Zone(frozenset(), 1, 500, 1, 200, 5900),)),
            [(0, 7800), (0, 5899)],
            [(frozenset(), 0, 500, True, 5900, None)],
        ),
        # variants of different weights
        (
            Template(UUID(int=1), FreightUnit.GRAM, (Zone(frozenset(), 1000, 800, 500, 300),)),
            [(400, 0), (1600, 0)],
            [(frozenset(), 800, 1400, True, None, None)],
        ),
        # no province is left for everywhere else
        (
            Template(
                UUID(int=1),
                FreightUnit.PIECE,
                (Zone(frozenset(), 1, 900, 1, 0), Zone(NEAR, 1, 600, 1, 0)),
                ALL - NEAR,
            ),
            [],
            [(NEAR, 600, 600, False, None, None)],
        ),
    ],
)
def test_what_is_said_of_a_template(
    template: Template, pieces: list[tuple[int, int]], shown: list[tuple[Any, ...]]
) -> None:
    loads = [Load(pieces=1, grams=grams, goods_fen=fen) for grams, fen in pieces]
    assert list(shown_freight(template, loads).zones) == [ShownZone(*zone) for zone in shown]


async def test_no_page_asks_more_for_delivery_than_the_checkout(shop: Shop) -> None:
    """One piece alone reaches the threshold and one in a group does not: both are what the checkout says."""
    await sent_by(shop, zones=[ELSEWHERE | {"free_from_fen": 10000}], undelivered=[])
    buyer = await shop.shopper(1)
    assert (await preview(buyer))["freight_fen"] == 0
    assert (await offered(shop))["zones"] == [zone(least_fen=0, most_fen=0, rises=False)]
    campaign = await shop.campaign([2], [9000])
    assert (await preview(buyer, mode="open", campaign_id=campaign["id"]))["freight_fen"] == 1500
    both = zone(least_fen=0, most_fen=1500, rises=True, free_from_fen=10000)
    assert (await offered(shop))["zones"] == [both]
    opened = await buyer.open(campaign)
    await buyer.pay(opened["id"])
    group = (await shop.world.client.get(f"/api/v1/trade/groups/{opened['group_id']}/offer")).json()
    assert group["freight"]["zones"] == [both | {"least_fen": 1500}]


def test_without_a_template_it_is_said_to_be_free() -> None:
    assert [(zone.regions, zone.most_fen, zone.rises) for zone in FREE.zones] == [(frozenset(), 0, False)]


async def test_a_products_page_says_what_delivery_costs_as_soon_as_it_does(shop: Shop) -> None:
    free = {"zones": [zone(least_fen=0, most_fen=0, rises=False)], "undelivered": []}
    assert await offered(shop) == free
    made = await sent_by(shop)
    near = zone(regions=["440000", "450000"], least_fen=600, most_fen=600, rises=True, free_from_fen=20000)
    assert await offered(shop) == {
        "zones": [zone(least_fen=1500, most_fen=1500, rises=True), near],
        "undelivered": ["650000"],
    }
    terms = {"name": made["name"], "zones": [ELSEWHERE | {"first_fen": 700}], "undelivered": [], "version": 1}
    assert (await shop.merchant.put(f"{TEMPLATES}/{made['id']}", terms)).status_code == 200
    assert [each["least_fen"] for each in (await offered(shop))["zones"]] == [700]
    assert (await remove(shop, made, version=2, template_id=None)).status_code == 204
    assert await offered(shop) == free


def zone(**changes: Any) -> dict[str, Any]:
    return {"regions": [], "free_from_fen": None, "free_from_pieces": None} | changes


async def test_a_preview_says_which_lines_are_not_sent_there(shop: Shop) -> None:
    other, buyer = await another_product(shop), await shop.shopper(1)
    await sent_by(shop, undelivered=["440000"], zones=[ELSEWHERE])
    lines = [{"sku_id": sku_id, "quantity": 1} for sku_id in (other, shop.sku_id)]
    quote = await preview(buyer, sku_id=None, quantity=None, lines=lines)
    assert [line["deliverable"] for line in quote["lines"]] == [True, False]
    assert quote["deliverable"] is False
