"""What delivery costs, from the merchant's template to what is paid and given back."""

from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import errors

from chengtuan.kernel.provinces import PROVINCE_CODES
from chengtuan.modules.trade.freight.rules import check_zones
from chengtuan.modules.trade.freight.usecases import edit_template
from chengtuan.modules.trade.pricing.rules.freight import Zone
from tests.api.databases import fingerprint
from tests.concurrency.stage import another_product
from tests.modules.trade.variants import document, variants
from tests.modules.trade.variants import edit as edit_product
from tests.support.shop import Buyer, Shop, open_shop
from tests.support.world import World

FREIGHT = "/api/v1/trade/console/freight"
TEMPLATES = f"{FREIGHT}/templates"
ELSEWHERE: dict[str, Any] = {
    "regions": [],
    "first_units": 1,
    "first_fen": 1500,
    "further_units": 1,
    "further_fen": 500,
    "free_from_fen": None,
    "free_from_pieces": None,
}
NEAR = ELSEWHERE | {"regions": ["440000", "450000"], "first_fen": 600, "free_from_fen": 20000}
TERMS: dict[str, Any] = {"name": "Parcels", "unit": "piece", "zones": [ELSEWHERE, NEAR], "undelivered": ["650000"]}


async def template(shop: Shop, **changes: Any) -> dict[str, Any]:
    answer = await shop.merchant.post(TEMPLATES, TERMS | changes)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def send(shop: Shop, template_id: str | None, *, version: int = 0, grams: int | None = None) -> Any:
    weights = [] if grams is None else [{"sku_id": shop.sku_id, "grams": grams}]
    body = {"template_id": template_id, "weights": weights, "version": version}
    return await shop.merchant.put(f"{FREIGHT}/products/{shop.product_id}", body)


async def sent_by(shop: Shop, **changes: Any) -> dict[str, Any]:
    """The shop's product is sent by a template of these terms."""
    made = await template(shop, **changes)
    assert (await send(shop, made["id"])).status_code == 200
    return made


async def preview(buyer: Buyer, **wish: Any) -> dict[str, Any]:
    body = {"mode": "solo", "sku_id": buyer.shop.sku_id, "quantity": 1, "address_id": buyer.address_id} | wish
    answer = await buyer.person.post("/api/v1/trade/orders/preview", body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.feature("X13")
async def test_an_order_is_quoted_and_charged_with_its_freight(shop: Shop) -> None:
    made, buyer = await sent_by(shop), await shop.shopper(1)
    quote = await preview(buyer)
    assert (quote["goods_fen"], quote["freight_fen"], quote["payable_fen"]) == (10000, 600, 10600)
    assert (quote["freight_known"], quote["deliverable"]) == (True, True)
    order = await buyer.order("solo", expected_payable_fen=10600)
    assert order["adjustments"] == [{"kind": "freight", "line": None, "amount_fen": 600}]
    await buyer.pay(order["id"])
    paid = await buyer.see(order["id"])
    assert (paid["status"], paid["freight_fen"], paid["paid_fen"]) == ("to_ship", 600, 10600)
    assert (await preview(buyer, quantity=2))["freight_fen"] == 0, "free from 200 yuan on"
    rule = _one(shop, "select rule from trade.order_adjustment where order_id = %s", order["id"])
    assert (rule["first_fen"], rule["province_code"], rule["free_from_fen"]) == (600, "440000", 20000)
    assert _one(shop, "select source_id::text from trade.order_adjustment") == made["id"]


def _one(shop: Shop, sql: str, *params: Any) -> Any:
    with psycopg.connect(shop.world.environ["CHENGTUAN_DATABASE_URL"]) as connection:
        row = connection.execute(sql.encode(), params).fetchone()
    assert row
    return row[0]


async def test_without_an_address_no_less_is_said_than_is_charged(shop: Shop) -> None:
    await sent_by(shop)
    quote = await preview(await shop.shopper(1), address_id=None)
    assert (quote["freight_fen"], quote["freight_known"], quote["deliverable"]) == (1500, False, True)


async def test_what_is_not_sent_there_is_refused_by_name(shop: Shop) -> None:
    other, buyer = await another_product(shop), await shop.shopper(1)
    await sent_by(shop, undelivered=["440000"], zones=[ELSEWHERE])
    lines = [{"sku_id": sku_id, "quantity": 1} for sku_id in (other, shop.sku_id)]
    both: dict[str, Any] = {"sku_id": None, "quantity": None, "lines": lines}
    assert (await preview(buyer, **both))["deliverable"] is False
    refused = await buyer.try_order("solo", **both)
    assert (refused.status_code, refused.json()["code"]) == (422, "trade/not-deliverable")
    assert refused.json()["sku_id"] == shop.sku_id
    alone = await buyer.order("solo", sku_id=other)
    assert alone["freight_fen"] == 0


async def test_a_template_that_changes_is_told_before_it_is_charged(shop: Shop) -> None:
    made, buyer = await sent_by(shop), await shop.shopper(1)
    order = await buyer.order("solo", expected_payable_fen=10600)
    dearer = {key: TERMS[key] for key in ("name", "undelivered")} | {"zones": [ELSEWHERE], "version": 1}
    assert (await shop.merchant.put(f"{TEMPLATES}/{made['id']}", dearer)).status_code == 200
    refused = await buyer.try_order("solo", expected_payable_fen=10600)
    assert (refused.status_code, refused.json()["code"]) == (409, "trade/price-changed")
    assert refused.json()["payable_fen"] == 11500
    assert (await buyer.see(order["id"]))["payable_fen"] == 10600, "what was placed stays"


async def test_a_ladder_gives_back_goods_and_leaves_the_freight(shop: Shop) -> None:
    """A threshold that was reached at joining stays, too: at the final price two pieces would not be free."""
    await sent_by(shop, zones=[ELSEWHERE, NEAR | {"free_from_fen": 17000}])
    campaign = await shop.campaign([2, 3], [9000, 8000], initiator_off_percent=100)
    buyers = [await shop.shopper(number) for number in (1, 2, 3)]
    opened = await buyers[0].open(campaign)
    await buyers[0].pay(opened["id"])
    joined = [await buyers[n].join(opened["group_id"], quantity=quantity) for n, quantity in ((1, 2), (2, 1))]
    for buyer, order in zip(buyers[1:], joined, strict=True):
        await buyer.pay(order["id"])
    seen = [await buyer.see(order["id"]) for buyer, order in zip(buyers, [opened, *joined], strict=True)]
    assert [order["freight_fen"] for order in seen] == [600, 0, 600]
    assert [order["payable_fen"] for order in seen] == [9600, 18000, 9600]
    # the initiator's piece is free: its goods go back whole, its freight does not
    assert [sum(back["amount_fen"] for back in order["refunds"]) for order in seen] == [9000, 2000, 1000]


async def test_a_group_that_fails_gives_the_freight_back(shop: Shop) -> None:
    await sent_by(shop)
    campaign, buyer = await shop.campaign([2], [9000]), await shop.shopper(1)
    order = await buyer.open(campaign)
    await buyer.pay(order["id"])
    await shop.merchant.post(f"/api/v1/trade/console/campaigns/{campaign['id']}/stop")
    await shop.world.settle()
    seen = await buyer.see(order["id"])
    assert (seen["paid_fen"], [back["amount_fen"] for back in seen["refunds"]]) == (9600, [9600])


async def test_weights_decide_and_nobody_is_sent_by_weight_unweighed(shop: Shop) -> None:
    zones = [ELSEWHERE | {"first_units": 1000, "further_units": 500}]
    made, buyer = await template(shop, unit="gram", zones=zones), await shop.shopper(1)
    refused = await send(shop, made["id"])
    assert (refused.status_code, refused.json()["code"]) == (422, "trade/weight-missing")
    assert refused.json()["sku_id"] == shop.sku_id
    answer = await send(shop, made["id"], grams=600)
    assert [sku["grams"] for sku in answer.json()["weights"]] == [600]
    assert [(await preview(buyer, quantity=n))["freight_fen"] for n in (1, 2, 3)] == [1500, 2000, 2500]
    assert (await send(shop, None, version=1)).status_code == 200
    assert (await preview(buyer))["freight_fen"] == 0
    edit = {"name": "By weight", "zones": zones, "undelivered": [], "version": 1}
    assert (await shop.merchant.put(f"{TEMPLATES}/{made['id']}", edit)).json()["unit"] == "gram", "for ever"


async def test_a_variant_that_is_no_longer_made_needs_no_weight(shop: Shop) -> None:
    made = await template(shop, unit="gram")
    await variants(shop, 10000, 9000)
    body = await document(shop)
    await edit_product(shop, body | {"skus": body["skus"][:1]})
    answer = await send(shop, made["id"], grams=600)
    assert (answer.status_code, [sku["grams"] for sku in answer.json()["weights"]]) == (200, [600])


async def test_a_merchant_has_so_many_templates_and_no_more(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edit_template, "MAX_TEMPLATES", 2)
    for name in ("one", "two"):
        await template(shop, name=name)
    refused = await shop.merchant.post(TEMPLATES, TERMS)
    assert (refused.status_code, refused.json()["reason"]) == (422, "too_many")


async def test_an_address_of_two_provinces_is_not_sent_to_at_the_price_of_one(shop: Shop) -> None:
    """Older releases kept the name beside any code: what is stored is told at the checkout, and put right by hand."""
    await sent_by(shop)
    buyer = await shop.shopper(1)
    with psycopg.connect(shop.world.environ["CHENGTUAN_DATABASE_URL"]) as connection:
        connection.execute("update accounts.address set province = '新疆维吾尔自治区'")
    wish = {"mode": "solo", "sku_id": shop.sku_id, "quantity": 1, "address_id": buyer.address_id}
    for path in ("/api/v1/trade/orders/preview", "/api/v1/trade/orders"):
        refused = await buyer.person.post(path, wish)
        assert (refused.status_code, refused.json()["code"]) == (422, "accounts/province-mismatch")
        assert (refused.json()["province_code"], refused.json()["named"]) == ("440000", "新疆维吾尔自治区")
    book = "/api/v1/accounts/me/addresses"
    [stored] = (await buyer.person.get(book)).json()["items"]
    assert stored["province"] == "新疆维吾尔自治区", "it is shown as it was typed"
    righted = stored | {"province_code": "650000"}
    assert (await buyer.person.put(f"{book}/{stored['id']}", righted)).status_code == 200
    assert (await preview(buyer))["deliverable"] is False


async def test_what_it_would_cost_is_shown_before_anything_is_sent_by_it(shop: Shop) -> None:
    made = await template(shop)
    path = f"{TEMPLATES}/{made['id']}/cost"
    asked = [("440000", 3, 0), ("440000", 3, 20000), ("110000", 3, 0), ("650000", 3, 0)]
    answers = [
        (await shop.merchant.post(path, {"province_code": code, "pieces": n, "goods_fen": fen})).json()
        for code, n, fen in asked
    ]
    assert [answer["freight_fen"] for answer in answers] == [1600, 0, 2500, None]
    assert [answer["deliverable"] for answer in answers] == [True, True, True, False]


INVALID = "platform/invalid-request"
BAD: list[tuple[str, dict[str, Any], str]] = [
    ("negative price", {"zones": [ELSEWHERE | {"first_fen": -1}]}, INVALID),
    ("negative further price", {"zones": [ELSEWHERE | {"further_fen": -1}]}, INVALID),
    ("fractional price", {"zones": [ELSEWHERE | {"first_fen": 1.5}]}, INVALID),
    ("no first units", {"zones": [ELSEWHERE | {"first_units": 0}]}, INVALID),
    ("steps of nothing", {"zones": [ELSEWHERE | {"further_units": 0}]}, INVALID),
    ("free from nothing", {"zones": [ELSEWHERE | {"free_from_fen": 0}]}, INVALID),
    ("free from no pieces", {"zones": [ELSEWHERE | {"free_from_pieces": 0}]}, INVALID),
    ("no name", {"name": " "}, INVALID),
    ("an unknown unit", {"unit": "litre"}, INVALID),
    ("no zones", {"zones": []}, INVALID),
    ("a province twice in a zone", {"zones": [ELSEWHERE, NEAR | {"regions": ["440000", "440000"]}]}, INVALID),
    ("not a code", {"undelivered": ["Guangdong"]}, INVALID),
    ("an unknown province", {"undelivered": ["160000"]}, "unknown_province"),
    ("a city", {"zones": [ELSEWHERE, NEAR | {"regions": ["440300"]}]}, "unknown_province"),
    ("overlapping zones", {"zones": [ELSEWHERE, NEAR, NEAR | {"regions": ["450000"]}]}, "province_twice"),
    ("priced and not delivered", {"undelivered": ["440000"]}, "province_twice"),
    ("nothing for everywhere else", {"zones": [NEAR]}, "everywhere_else"),
    ("everywhere else twice", {"zones": [ELSEWHERE, ELSEWHERE]}, "everywhere_else"),
    ("nowhere", {"zones": [ELSEWHERE], "undelivered": sorted(PROVINCE_CODES)}, "delivers_nowhere"),
]


def test_all_provinces_may_be_named_as_long_as_one_is_sent_to() -> None:
    elsewhere, near = [Zone(frozenset(regions), 1, 600, 1, 200) for regions in ((), ("440000",))]
    check_zones([elsewhere, near], PROVINCE_CODES - {"440000"})


async def test_terms_that_do_not_fit_change_nothing(shop: Shop, database_url: str) -> None:
    made = await template(shop)
    before = fingerprint(database_url)
    for name, changes, reason in BAD:
        terms = TERMS | changes
        edit = {key: value for key, value in terms.items() if key != "unit"} | {"version": 1}
        answers = [await shop.merchant.post(TEMPLATES, terms | {"name": changes.get("name", "Another")})]
        if "unit" not in changes:
            answers.append(await shop.merchant.put(f"{TEMPLATES}/{made['id']}", edit))
        for answer in answers:
            told = answer.json()
            assert (answer.status_code, told.get("reason", told["code"])) == (422, reason), (name, answer.text)
    assert fingerprint(database_url) == before


async def test_of_two_editors_the_second_is_told(shop: Shop) -> None:
    made, other = await template(shop), await template(shop, name="Letters")
    edit = {key: TERMS[key] for key in ("name", "zones", "undelivered")}
    path = f"{TEMPLATES}/{made['id']}"
    first = await shop.merchant.put(path, edit | {"zones": [ELSEWHERE], "undelivered": [], "version": 1})
    assert (first.status_code, first.json()["version"]) == (200, 2)
    for version in (1, 3):
        second = await shop.merchant.put(path, edit | {"version": version})
        told = second.json()
        assert (second.status_code, told["code"], told["version"]) == (409, "trade/freight-changed", 2)
    stands = (await shop.merchant.get(path)).json()
    assert stands == first.json(), "nothing of the second edit is there"
    taken = [
        await shop.merchant.post(TEMPLATES, TERMS),
        await shop.merchant.put(path, edit | {"name": "Letters", "version": 2}),
    ]
    assert [answer.json()["code"] for answer in taken] == ["trade/freight-name-taken"] * 2
    assert (await send(shop, made["id"])).json()["version"] == 1
    late = await send(shop, other["id"])
    assert (late.status_code, late.json()["code"], late.json()["version"]) == (409, "trade/freight-changed", 1)
    assert [(await send(shop, other["id"], version=n)).status_code for n in (2, 1, 1)] == [409, 200, 409]


async def test_templates_and_products_are_ones_own(shop: Shop, world: World) -> None:
    rival = await open_shop(world)
    made, theirs = await template(shop), await template(rival)
    assert (await shop.merchant.get(TEMPLATES)).json()["items"] == [made]
    for foreign in (theirs["id"], str(uuid4())):
        refused = await send(shop, foreign)
        assert (refused.status_code, refused.json()["code"]) == (404, "trade/freight-template-not-found")
    weighed = {"template_id": None, "weights": [{"sku_id": rival.sku_id, "grams": 5}], "version": 0}
    refused = await shop.merchant.put(f"{FREIGHT}/products/{shop.product_id}", weighed)
    assert (refused.status_code, refused.json()["code"]) == (404, "trade/sku-not-found")
    refused = await shop.merchant.put(f"{FREIGHT}/products/{rival.product_id}", weighed)
    assert (refused.status_code, refused.json()["code"]) == (404, "trade/sku-not-found")


@pytest.mark.parametrize(
    "sql",
    [
        # the same province in two zones
        "insert into trade.freight_region select template_id, province_code, null from trade.freight_region",
        "update trade.freight_region set position = 0",
        "update trade.freight_region set position = 7",
        "update trade.freight_zone set first_fen = -1",
        "update trade.freight_zone set further_units = 0",
        "update trade.freight_zone set free_from_fen = 0",
        "insert into trade.sku_weight select sku_id, 0 from trade.listing_sku",
    ],
)
async def test_the_database_refuses_what_rules_would_let_through(shop: Shop, sql: str) -> None:
    await template(shop)
    refused = (errors.UniqueViolation, errors.CheckViolation, errors.ForeignKeyViolation)
    with psycopg.connect(shop.world.environ["CHENGTUAN_DATABASE_URL"]) as connection, pytest.raises(refused):
        connection.execute(sql.encode())
