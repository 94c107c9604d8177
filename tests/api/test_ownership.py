"""Whose is it? Another person's token gets nothing and changes nothing, on every route with an id."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from tests.api.databases import fingerprint
from tests.api.routes import Operation, operations
from tests.support.flash import flash_sale, hold
from tests.support.shop import ADDRESS, Buyer, Shop, open_shop
from tests.support.world import Person, World

OPEN_TO_ALL = {
    "read_own_seat": (200, "a group is public; the answer is about the asking person's own seat"),
    "hold_flash_units": (409, "everybody may take of a flash sale, with a ticket of their own"),
    "preview_flash_order": (200, "everybody may ask what they would pay; whose the address is, is tried below"),
    "ask_for_flash_ticket": (409, "everybody may wait for a flash sale; this one is sold out"),
}
"""Routes with an id and a signed-in person that answer everybody: how they do here, and why."""


@dataclass
class Property:
    """Ann's order, parcel, refund and address at the first shop, and Bob, a shopper and owner of another shop.

    `number` is her shipped order's.
    """

    shop: Shop
    ids: dict[str, str]
    number: str
    bodies: dict[str, Any]
    ann: Buyer
    bob: Buyer
    rival: Shop


async def property_of_ann(world: World, rival: Shop | None = None) -> Property:
    shop, rival = await open_shop(world), rival or await open_shop(world)
    campaign = await shop.campaign([3], [7000])
    ann, bob = await shop.shopper(1), await shop.shopper(2)
    shipped = await ann.order("solo")
    await ann.pay(shipped["id"])
    parcel = {"carrier_code": "SF", "tracking_no": "SF1234567890123"}
    sent = await shop.merchant.post(f"/api/v1/fulfilment/console/orders/{shipped['id']}/ship", parcel)
    assert sent.status_code == 201, sent.text
    opened = await ann.open(campaign)
    await ann.pay(opened["id"])
    left = await ann.open(campaign)
    await ann.pay(left["id"])
    await ann.person.post(f"/api/v1/trade/orders/{left['id']}/cancel")
    unpaid = await ann.order("solo")
    await world.settle()
    carted = await ann.person.post("/api/v1/trade/cart/lines", {"sku_id": shop.sku_id, "quantity": 1})
    line = carted.json()["shops"][0]["lines"][0]
    sale_id = await flash_sale(shop, 1)
    held = await hold(ann, sale_id)
    await world.settle()
    refunds = (await shop.merchant.get("/api/v1/trade/console/refunds")).json()["items"]
    clerk = {"login": "clerk", "name": "Clerk", "roles": ["merchant_service"]}
    added = await shop.merchant.post("/api/v1/accounts/console/staff", clerk)
    zone = {"regions": [], "first_units": 1, "first_fen": 600, "further_units": 1, "further_fen": 200}
    freight = {"name": "Parcels", "zones": [zone]}
    template = await shop.merchant.post("/api/v1/trade/console/freight/templates", freight | {"unit": "piece"})
    ids = {
        "order_id": unpaid["id"],
        "shipped_order_id": shipped["id"],
        "parcel_id": sent.json()["id"],
        "address_id": ann.address_id,
        "campaign_id": campaign["id"],
        "sale_id": sale_id,
        "hold_id": held["id"],
        "group_id": opened["group_id"],
        "product_id": shop.product_id,
        "sku_id": shop.sku_id,
        "refund_id": refunds[0]["id"],
        "template_id": template.json()["id"],
        "staff_id": added.json()["colleague"]["id"],
    }
    product = (await shop.merchant.get(f"/api/v1/catalog/console/products/{shop.product_id}")).json()
    names = ("name", "summary", "description", "category_slug", "images", "list_price_fen", "skus")
    bodies = {
        "change_my_address": ADDRESS | {"detail": "elsewhere", "version": 1},
        "edit_console_product": {name: product[name] for name in names} | {"name": {"en": "Stolen"}, "version": 1},
        "pay_order": {"channel": "wechat_h5", "return_url": "http://shop.test/back"},
        "change_own_staff": {"name": "Stolen", "roles": ["merchant_owner"], "version": 1},
        "put_cart_line": {"quantity": 2, "version": line["version"]},
        "edit_freight_template": freight | {"name": "Stolen", "version": 1},
        "remove_freight_template": {"version": 1},
        "try_freight_template": {"province_code": "440000", "pieces": 1},
        "edit_product_freight": {"template_id": None, "version": 0},
        "hold_flash_units": {"sku_id": shop.sku_id, "quantity": 1, "address_id": ann.address_id, "ticket": "ann's"},
        "preview_flash_order": {"sku_id": shop.sku_id, "quantity": 1},
        "allot_flash_units": {"sku_id": shop.sku_id, "units": 1},
        "put_stock": {"on_hand": 1, "expected": 100},
        "move_sku_stock": {"delta": -1, "reason": "lost"},
        "ship_parcel": parcel,
        "correct_parcel_number": parcel | {"tracking_no": "SF9876543210987"},
        "add_parcel_event": {"code": "delivered", "text": "here"},
    }
    return Property(shop, ids, shipped["number"], bodies, ann, bob, rival)


def _owned(world: World) -> list[Operation]:
    """Routes about one thing that has an owner; what is the platform's is not let in at all (test_access)."""
    return [
        operation
        for operation in operations(world.api)
        if "{" in operation.path and operation.access in ("shopper", "staff")
    ]


def path_of(operation: Operation, ids: dict[str, str]) -> str:
    named = ids
    if operation.id in ("list_parcels", "list_console_parcels"):
        named = ids | {"order_id": ids["shipped_order_id"]}
    return operation.path.format(**named)


async def _ask(operation: Operation, path: str, person: Person, body: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {person.token}", "Idempotency-Key": str(uuid4())}
    return await person.client.request(operation.method, path, headers=headers, json=body)


async def test_what_is_somebody_elses_is_not_found_and_not_changed(world: World, database_url: str) -> None:
    mine = await property_of_ann(world)
    before = fingerprint(database_url)
    wrong = []
    asked = 0
    for operation in _owned(world):
        assert operation.body is None or operation.id in mine.bodies, f"{operation.id}: this test needs a body for it"
        intruder = mine.bob.person if operation.access == "shopper" else mine.rival.merchant
        answer = await _ask(operation, path_of(operation, mine.ids), intruder, mine.bodies.get(operation.id))
        asked += 1
        if operation.id in OPEN_TO_ALL:
            assert answer.status_code == OPEN_TO_ALL[operation.id][0]
            assert answer.json().get("seat") is None
        elif answer.status_code not in (403, 404):
            wrong.append((operation.id, answer.status_code, answer.text[:200]))
        await world.settle()
        if (after := fingerprint(database_url)) != before:
            changed = [table for table in after if after[table] != before[table]]
            wrong.append((operation.id, 0, f"changed {changed}"))
            before = after
    assert wrong == []
    assert asked >= 20


async def test_the_owner_is_let_in_on_the_same_routes(world: World) -> None:
    """The control: the refusals above are not there because the requests are wrong."""
    mine = await property_of_ann(world)
    refused = []
    for operation in _owned(world):
        owner = mine.ann.person if operation.access == "shopper" else mine.shop.merchant
        answer = await _ask(operation, path_of(operation, mine.ids), owner, mine.bodies.get(operation.id))
        if answer.status_code in (401, 403, 404, 422):
            refused.append((operation.id, answer.status_code, answer.text[:200]))
    assert refused == []


@pytest.mark.parametrize("what", ["stock", "campaigns", "orders", "groups", "refunds"])
async def test_lists_and_filters_show_only_ones_own(world: World, what: str) -> None:
    mine = await property_of_ann(world)
    path = f"/api/v1/trade/console/{what}"
    filters = {
        "stock": {"product_id": mine.shop.product_id},
        "groups": {"campaign_id": mine.ids["campaign_id"]},
    }.get(what, {})
    answer = await mine.rival.merchant.get(path, **filters)
    assert answer.status_code == 404 or answer.json()["items"] == [], answer.text
    own = await mine.shop.merchant.get(path, **filters)
    assert own.status_code == 200
    assert own.json()["items"]


def questions(operation: Operation, named: dict[str, str]) -> list[dict[str, str]]:
    """What can be asked of a list: everything, each choice, and about each thing that is `named`."""
    asked: list[dict[str, str]] = [{}]
    for name, schema in operation.query.items():
        kinds = [schema, *schema.get("anyOf", [])]
        choices = [choice for kind in kinds for choice in kind.get("items", kind).get("enum", [])]
        asked += [{name: choice} for choice in choices]
        asked += [{name: "true"} for kind in kinds if kind.get("type") == "boolean"]
        asked += [{name: named[name]}] if name in named else []
    return asked


async def _told(staff: Person, lists: list[Operation], named: dict[str, str]) -> dict[tuple[str, str], Any]:
    told = {}
    for operation in lists:
        for number, question in enumerate(questions(operation, named)):
            answer = (await staff.get(operation.path, **question)).json()
            told[operation.id, f"{number} {', '.join(question)}"] = {
                name: value for name, value in answer.items() if name != "request_id"
            }
    return told


async def test_no_list_and_no_sum_tells_of_anothers_business(world: World) -> None:
    """Every list and count of the console, in every way it can be asked, is as it was before the other shop had any."""
    lists = [
        one for one in operations(world.api) if one.access == "staff" and one.method == "GET" and "{" not in one.path
    ]
    rival = await open_shop(world)
    strange = dict.fromkeys(("product_id", "campaign_id", "group_id", "template_id"), str(uuid4()))
    before = await _told(rival.merchant, lists, strange | {"q": "999999", "subject_id": str(uuid4())})
    mine = await property_of_ann(world, rival)
    waiting = await mine.ann.order("solo")
    await mine.ann.pay(waiting["id"])
    left = await mine.ann.open({"id": mine.ids["campaign_id"]})
    await mine.ann.pay(left["id"])
    await mine.ann.person.post(f"/api/v1/trade/orders/{left['id']}/cancel")  # and its refund is on its way
    named = mine.ids | {"q": mine.number, "subject_id": mine.ids["shipped_order_id"]}
    after = await _told(rival.merchant, lists, named)
    assert {asked for asked in before if before[asked] != after[asked]} == set()
    own = await _told(mine.shop.merchant, lists, named)
    silent = {(operation, asked) for operation, asked in own if own[operation, asked] == after[operation, asked]}
    differ = {operation for operation, asked in own if (operation, asked) not in silent}
    assert differ == {operation.id for operation in lists}, "their owner is told of each"
    assert [asked for _, asked in silent if "sort" in asked] == [], "and of those that wait"
    assert len(own) >= 30


async def test_ids_inside_a_request_must_be_ones_own_too(world: World, database_url: str) -> None:
    mine = await property_of_ann(world)
    before = fingerprint(database_url)
    stolen_address = await mine.bob.try_order("solo", address_id=mine.ids["address_id"])
    assert (stolen_address.status_code, stolen_address.json()["code"]) == (404, "trade/address-not-found")
    there = {"sku_id": mine.shop.sku_id, "quantity": 1, "address_id": mine.ids["address_id"]}
    preview = f"/api/v1/trade/flash-sales/{mine.ids['sale_id']}/preview"
    stolen_address = await mine.bob.person.post(preview, there)
    assert (stolen_address.status_code, stolen_address.json()["code"]) == (404, "trade/address-not-found")
    own_address = there | {"address_id": mine.bob.address_id}
    assert (await mine.bob.person.post(preview, own_address)).status_code == 200, "the control"
    now = world.clock.now()
    campaign = await mine.rival.try_campaign([2], [100], product_id=mine.shop.product_id)
    assert campaign.status_code == 404, (campaign.text, now)
    foreign_sku = [{"people": 2, "prices": [{"sku_id": mine.shop.sku_id, "price_fen": 1}]}]
    campaign = await mine.rival.try_campaign([2], [100], tiers=foreign_sku)
    assert campaign.status_code in (404, 422), campaign.text
    taken_sku = mine.bodies["edit_console_product"]
    edited = await mine.rival.merchant.put(f"/api/v1/catalog/console/products/{mine.rival.product_id}", taken_sku)
    assert edited.status_code in (404, 409, 422), edited.text
    await world.settle()
    assert fingerprint(database_url) == before


def test_a_changed_row_changes_the_fingerprint(database_url: str) -> None:
    """The control of "nothing changes"."""
    before = fingerprint(database_url)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "insert into trade.inbox (handler, event_id, handled_at) values ('x', gen_random_uuid(), now())"
        )
    after = fingerprint(database_url)
    assert [table for table in after if after[table] != before[table]] == ["trade.inbox"]
