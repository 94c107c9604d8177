"""Orders are found by what people know of them, each merchant its own, and nothing personal is readable for it."""

from typing import Any
from uuid import UUID

import psycopg
import pytest

from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.modules.trade.orders.rows.search import WAYS, by_query
from chengtuan.modules.trade.orders.rules.query import order_query
from chengtuan.platform.by_state import LAST
from chengtuan.platform.job_handlers import Periodic
from chengtuan.platform.permissions import AllMerchants, OneMerchant, Role
from tests.support.shop import ADDRESS, PASSWORD, Buyer, Shop, _facade, open_shop
from tests.support.world import Person, World

ORDERS = "/api/v1/trade/console/orders"


async def buyer_at(shop: Shop, number: int, **address: Any) -> Buyer:
    person = await shop.world.sign_in(f"138{number:08d}")
    answer = await person.post("/api/v1/accounts/me/addresses", ADDRESS | address)
    return Buyer(shop, person, answer.json()["id"])


async def found(staff: Person, q: str, **more: Any) -> list[str]:
    answer = await staff.get(ORDERS, q=q, **more)
    assert answer.status_code == 200, answer.text
    return [item["number"] for item in answer.json()["items"]]


async def platform(world: World) -> Person:
    accounts = _facade(world, AccountsFacade)
    await accounts.add_staff(
        login="platform-desk", password=PASSWORD, name="Desk", roles=["platform_admin"], merchant_id=None
    )
    return await world.staff("platform-desk", PASSWORD)


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        ("2026 1127 0123 4567 890123", "number_end", "2026112701234567890123"),
        ("#0123", "number_end", "0123"),
        ("123", "number_end", None),
        ("0123", "phone_tails", ["0123"]),
        ("138****0123", "phone_tails", ["0123"]),
        ("３２１０", "phone_tails", ["3210"]),
        ("林 小滿", "names", ["林小满"]),
        (" sf 1234 5678 9012 3", "parcel", "SF1234567890123"),
        ("SF123\ufe0d45678\u200b90123", "parcel", "SF1234567890123"),
        ("hello", "parcel", None),
        ("蘋果", "words", ["苹果"]),
        ("", "words", []),
    ],
)
def test_what_a_query_may_mean(text: str, field: str, expected: object) -> None:
    meant = getattr(order_query(text), field)
    assert (list(meant) if isinstance(meant, (tuple, list)) else meant) == expected


@pytest.mark.parametrize(
    ("pasted", "phone"),
    [
        ("13900001111", "8613900001111"),
        ("+86 139 0000 1111", "8613900001111"),
        ("0086-139-0000-1111", "8613900001111"),
        ("(+86) 139 0000 1111", "8613900001111"),
        ("+８６１３９００００１１１１", "8613900001111"),
        ("0912 345 678", "886912345678"),
        ("+886 0912 345 678", "886912345678"),
        ("9123 4567", "85291234567"),
        ("139\ufe0f0000\u200b1111", "8613900001111"),
    ],
)
def test_a_phone_is_known_however_it_is_pasted(pasted: str, phone: str) -> None:
    assert phone in order_query(pasted).phones


@pytest.mark.feature("F34")
async def test_an_order_is_found_by_everything_that_people_know_of_it(shop: Shop) -> None:
    buyer = await buyer_at(shop, 1, name="林小滿", phone="13900001111")
    other = await buyer_at(shop, 2, name="王大明", phone="13700002222")
    order = await buyer.order("solo")
    await buyer.pay(order["id"])
    parcel = {"carrier_code": "SF", "tracking_no": "SF1234567890123"}
    await shop.merchant.post(f"/api/v1/fulfilment/console/orders/{order['id']}/ship", parcel)
    unpaid = await other.order("solo")
    await shop.world.settle()

    number = order["number"]
    ways = [number, number[-4:], number[-6:], f"#{number[-8:]}", f" {number[:8]} {number[8:]} "]
    ways += ["13900001111", "+86 139 0000 1111", "1111", "139****1111", "林小滿", "林小满", "林 小滿"]
    ways += ["SF1234567890123", "sf 1234567890123"]
    for way in ways:
        assert await found(shop.merchant, way) == [number], way
    for goods in ("蜜柚", "pomelo", "POM", "柚"):
        assert await found(shop.merchant, goods) == [unpaid["number"], number], goods
    assert await found(shop.merchant, "蜜柚", status="shipped") == [number]
    for nobody in ("139", "9999999", "小滿", "13900001112", "榴槤", "%", "_", '"', "zh-Hant", "1' or '1'='1"):
        assert await found(shop.merchant, nobody) == [], nobody


async def test_a_merchant_finds_its_own_orders_and_the_platform_all_with_masked_phones(shop: Shop) -> None:
    neighbour = await open_shop(shop.world)
    ours = await (await buyer_at(shop, 1)).order("solo")
    theirs = await (await buyer_at(neighbour, 2)).order("solo")
    staff = await platform(shop.world)
    for q in ("1111", "13900001111", "林小滿", "蜜柚"):
        assert await found(shop.merchant, q) == [ours["number"]]
        assert await found(neighbour.merchant, q) == [theirs["number"]]
        assert len(await found(staff, q)) == (0 if q == "林小滿" else 2)
    assert await found(neighbour.merchant, ours["number"]) == []
    masked = {"name": "林**", "phone": "+86139****1111", "detail": "****", "district": "南山區"}
    [listed] = (await staff.get(ORDERS, q=ours["number"])).json()["items"]
    for shown in (listed, (await staff.get(f"{ORDERS}/{ours['id']}")).json()):
        assert shown["address"].items() >= masked.items()


@pytest.mark.parametrize("role", [role for role in Role if role.startswith("merchant")])
async def test_a_recipient_is_shown_to_those_who_send_the_parcel_or_speak_with_them(shop: Shop, role: Role) -> None:
    order = await (await buyer_at(shop, 1)).order("solo", remark="先打 13700002222")
    accounts = _facade(shop.world, AccountsFacade)
    await accounts.add_staff(login="li", password=PASSWORD, name="Li", roles=[role], merchant_id=shop.merchant_id)
    li = await shop.world.staff("li", PASSWORD)
    sees = role in (Role.MERCHANT_OWNER, Role.MERCHANT_WAREHOUSE, Role.MERCHANT_SERVICE)
    for answer in (await li.get(ORDERS), await li.get(f"{ORDERS}/{order['id']}")):
        shown = [text in answer.text for text in ("+8613900001111", "科技園", "林小滿", "先打 13700002222")]
        assert shown == [sees] * 4
    # a search tells no more than the mask: a guess at the hidden figures finds the same as the right phone
    for asked, finds in (("13900001111", True), ("13988881111", not sees), ("13900001112", False), ("林小滿", sees)):
        assert bool(await found(li, asked)) is finds, asked


async def test_pages_of_a_search_neither_repeat_nor_miss(shop: Shop) -> None:
    numbers = []
    for n in range(3):
        buyer = await buyer_at(shop, n)
        numbers += [(await buyer.order("solo"))["number"] for _ in range(2)]
    seen: list[str] = []
    cursor = None
    while True:
        page = (await shop.merchant.get(ORDERS, q="1111", limit=2, **({"cursor": cursor} if cursor else {}))).json()
        seen += [item["number"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == numbers[::-1]


async def test_nothing_personal_is_readable_where_orders_are_searched(shop: Shop, database_url: str) -> None:
    await (await buyer_at(shop, 1)).order("solo")
    with psycopg.connect(database_url) as connection:
        (row,) = connection.execute("select s::text from trade.order_search s").fetchall()
        keys = connection.execute("select phone_key, phone_tail_key, name_key from trade.order_search").fetchone()
    assert "1111" not in row[0].partition("(")[2].split(",")[3:]
    assert keys is not None
    assert len({bytes(key) for key in keys}) == 3
    assert all(len(key) == 16 for key in keys)


async def test_orders_from_before_are_found_once_the_job_has_run(shop: Shop, database_url: str) -> None:
    order = await (await buyer_at(shop, 1)).order("solo")
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("update trade.order_search set phone_key = null, phone_tail_key = null, name_key = null")
    assert await found(shop.merchant, "1111") == []
    assert await found(shop.merchant, order["number"][-4:]) == [order["number"]]
    for job in shop.world.composition.running["trade"].built.jobs:
        if isinstance(job, Periodic) and job.kind == "index_orders":
            await job.handler(None)  # type: ignore[arg-type]
            await job.handler(None)  # type: ignore[arg-type]
    for way in ("1111", "13900001111", "林小滿"):
        assert await found(shop.merchant, way) == [order["number"]]


async def test_a_product_is_found_by_the_name_that_it_was_sold_under(shop: Shop, database_url: str) -> None:
    order = await (await buyer_at(shop, 1)).order("solo")
    product = (await shop.merchant.get(f"/api/v1/catalog/console/products/{shop.product_id}")).json()
    edit = {key: product[key] for key in ("summary", "description", "category_slug", "images", "version")}
    edit["skus"] = [
        {"id": sku["id"], "name": sku["name"], "solo_price_fen": sku["solo_price_fen"]} for sku in product["skus"]
    ]
    path = f"/api/v1/catalog/console/products/{shop.product_id}"
    saved = await shop.merchant.put(path, edit | {"name": {"zh-Hant": "文旦"}, "list_price_fen": None})
    assert saved.status_code == 200, saved.text
    await shop.world.settle()
    assert await found(shop.merchant, "蜜柚") == [order["number"]]
    assert await found(shop.merchant, "文旦") == [order["number"]]


def _crowd(connection: psycopg.Connection[Any], mine: UUID, many: int) -> None:
    """`many` orders of other merchants beside the one order that is there, in copies of it."""
    connection.execute(
        "create temp table copies as select gen_random_uuid() as id, gen_random_uuid() as request_id, n,"
        " ('00000000-0000-4000-8000-' || lpad((n %% 50)::text, 12, '0'))::uuid as merchant_id"
        " from generate_series(1, %s) n",
        (many,),
    )
    (columns,) = connection.execute(
        "select string_agg('o.' || column_name, ', ' order by ordinal_position) from information_schema.columns"
        " where table_schema = 'trade' and table_name = 'shop_order'"
    ).fetchone() or ("",)
    copied = (
        columns.replace("o.id,", "c.id,")
        .replace("o.number,", "'2025' || lpad((c.n * 7919)::text, 18, '0'),")
        .replace("o.request_id,", "c.request_id,")
        .replace("o.merchant_id,", "c.merchant_id,")
    )
    connection.execute(
        f"insert into trade.shop_order select {copied} from copies c, trade.shop_order o"
        " where o.merchant_id = %s".replace("%s", f"'{mine}'").encode()
    )
    connection.execute(
        "insert into trade.order_line select c.id, l.line, l.product_id, gen_random_uuid(), l.product_name, l.sku_name,"
        " l.image_url, l.quantity, l.list_unit_fen, l.unit_fen, l.goods_fen, l.off_fen, l.payable_fen,"
        " l.tier_prices_fen from copies c, trade.order_line l"
    )
    connection.execute(
        "insert into trade.order_search select c.id, c.merchant_id, reverse(x.number),"
        " decode(md5(c.n::text), 'hex'), decode(md5((c.n % 10000)::text), 'hex'), decode(md5((c.n % 3000)::text),"
        " 'hex') from copies c join trade.shop_order x on x.id = c.id, trade.order_search o"
    )
    connection.execute(
        "insert into trade.order_parcel (tracking_no, merchant_id, parcel_id, order_id, carrier_code, correction)"
        " select 'SF' || lpad((c.n * 31)::text, 13, '0'), c.merchant_id, c.id, c.id, 'SF', 0"
        " from copies c"
    )
    connection.execute("analyze trade.shop_order, trade.order_line, trade.order_search, trade.order_parcel")


@pytest.mark.damages
async def test_a_search_among_many_orders_walks_over_nobodys_rows(shop: Shop, database_url: str) -> None:
    order = await (await buyer_at(shop, 1)).order("solo")
    params = {
        "number": "1111",
        "phones": [b"x" * 16],
        "tails": [b"y" * 16],
        "names": [b"z" * 16],
        "parcel": "SF1234567890123",
        "grams": ["蜜柚"],
        "words": ["%蜜柚%"],
        "statuses": ["to_ship"],
        "before": LAST,
        "limit": 21,
        "goods": 200,
    }
    with psycopg.connect(database_url, autocommit=True) as connection:
        _crowd(connection, shop.merchant_id, 20_000)
        connection.execute("set search_path to trade")
        for scope in (OneMerchant(shop.merchant_id), AllMerchants()):
            for of_states in (False, True):
                asked = f"explain (costs off) {by_query(scope, WAYS, of_states=of_states)}".encode()
                plan = [row[0] for row in connection.execute(asked, params | scope.params())]
                assert [line for line in plan if "Seq Scan" in line and "order" in line] == [], "\n".join(plan)
    assert await found(shop.merchant, "1111") == [order["number"]]
