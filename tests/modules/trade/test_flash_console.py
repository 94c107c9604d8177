"""Flash sales at the console: found, made once, and their orders found by them."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from importlib import import_module
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import NullPool, create_engine

from chengtuan.modules.trade.flash.usecases import publish_sale
from chengtuan.modules.trade.orders.rows import views
from chengtuan.platform.permissions import AllMerchants, OneMerchant
from tests.concurrency.stage import another_product
from tests.support.flash import CONSOLE, PRICE, flash_order, flash_sale, hold, try_flash_sale
from tests.support.rows import ask
from tests.support.shop import Shop, open_shop

CAMPAIGNS = "/api/v1/trade/console/campaigns"
MIGRATION = "chengtuan.modules.trade.migrations.versions.trade_0029_activities_are_found_and_made_once"


async def listed(shop: Shop, path: str = CONSOLE, **asked: Any) -> list[str]:
    answer = await shop.merchant.get(path, **asked)
    assert answer.status_code == 200, answer.text
    return [each["name"] for each in answer.json()["items"]]


@pytest.mark.feature("F22")
async def test_sales_are_found_by_state_by_name_and_by_product(shop: Shop) -> None:
    lychee = await another_product(shop)
    other = await _wish(shop, lychee)
    product = other["product_id"]
    await flash_sale(shop, 1, name="夜場秒殺", for_s=600)
    stopped = await flash_sale(shop, 1, name="Café", **other)
    await shop.merchant.post(f"{CONSOLE}/{stopped}/stop")
    await flash_sale(shop, 1, name="tomorrow", in_s=86400)
    assert await listed(shop) == ["tomorrow", "Café", "夜場秒殺"]
    assert await listed(shop, status="running") == ["夜場秒殺"]
    assert await listed(shop, status="scheduled") == ["tomorrow"]
    assert await listed(shop, status="stopped") == ["Café"]
    assert await listed(shop, product_id=product) == ["Café"]
    both = ["tomorrow", "夜場秒殺"]
    for query, found in {"夜场": both[1:], "CAFE": ["Café"], "lychee cafe": ["Café"], "pomelo": both}.items():
        assert await listed(shop, q=query) == found, query
    assert await listed(shop, q="pomelo cafe") == []
    assert await listed(shop, q="pomelo", limit=1) == both[:1], "found at the front already"
    shop.world.clock.advance(timedelta(seconds=601))
    assert await listed(shop, status="ended") == ["夜場秒殺"]
    assert (await shop.merchant.get(CONSOLE, status="half")).status_code == 422
    assert await listed(await open_shop(shop.world)) == []


async def test_campaigns_are_found_the_same(shop: Shop) -> None:
    campaign = await shop.campaign([3], [8000])
    assert await listed(shop, CAMPAIGNS, status="running", q=campaign["name"]) == [campaign["name"]]
    assert await listed(shop, CAMPAIGNS, status="scheduled") == []
    assert await listed(shop, CAMPAIGNS, product_id=str(uuid4())) == []


async def test_a_list_tells_how_each_sale_goes(shop: Shop) -> None:
    busy, quiet = await flash_sale(shop, 5, per_user_limit=2), await flash_sale(shop, 1, in_s=7200)
    buyer, other = await shop.shopper(1), await shop.shopper(2)
    order = await flash_order(buyer, busy, quantity=2)
    await buyer.pay(order["id"])
    await flash_order(other, busy)
    await hold(other, busy)
    figures = {each["id"]: each["figures"] for each in (await shop.merchant.get(CONSOLE)).json()["items"]}
    assert figures[busy] == {
        "people_holding": 1, "unpaid_orders": 1, "paid_orders": 1, "units_paid": 2, "revenue_fen": 2 * PRICE,
    }  # fmt: skip
    assert set(figures[quiet].values()) == {0}
    assert (await shop.merchant.get(f"{CONSOLE}/{busy}")).json()["figures"] == figures[busy]


@pytest.mark.feature("F22")
async def test_two_clicks_make_one_sale(shop: Shop) -> None:
    await shop.set_stock(10)
    key = uuid4()
    answers = await asyncio.gather(*(try_flash_sale(shop, 4, key=key) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert (await shop.stock())["available"] == 6
    assert kept_prices(shop) == 1, "and no price is kept for what was never made"
    other = (await try_flash_sale(shop, 5, key=key)).json()
    assert other["code"] == "trade/idempotency-conflict"
    shop.world.clock.advance(timedelta(hours=2))
    assert len(await listed(shop)) == 1


async def test_a_sale_that_is_over_is_still_the_one_that_was_asked_for(shop: Shop) -> None:
    key, starts_at = uuid4(), shop.world.clock.now()
    times: dict[str, Any] = {
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=1)).isoformat(),
    }
    first = (await try_flash_sale(shop, key=key, **times)).json()
    shop.world.clock.advance(timedelta(hours=2))
    await shop.world.settle()
    again = await try_flash_sale(shop, key=key, **times)
    assert (again.status_code, again.json()["id"], again.json()["status"]) == (201, first["id"], "ended")
    assert (await try_flash_sale(shop, **times)).json()["code"] == "trade/bad-flash-times"


@pytest.fixture
def unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both requests look for an earlier one at the same moment, and find none."""

    async def nothing(*_: object) -> None:
        return None

    monkeypatch.setattr(publish_sale, "find_requested", nothing)


@pytest.mark.usefixtures("unseen")
async def test_one_key_makes_one_sale_of_whatever_products(shop: Shop) -> None:
    """They share no lock: the index refuses the second."""
    assert await _both_with_one_key(shop) == [201, 409]
    assert kept_prices(shop) == 1


@pytest.mark.usefixtures("unseen")
async def test_without_the_index_one_key_makes_two(shop: Shop) -> None:
    index = "select indexdef from pg_indexes where indexname = 'uq_activity_request'"
    ((again,),) = ask(shop.world.environ["CHENGTUAN_DATABASE_URL"], index)
    _do(shop, "drop index trade.uq_activity_request")
    try:
        assert await _both_with_one_key(shop) == [201, 201]
    finally:
        _do(shop, "update trade.activity set staff_id = null, request_id = null, request_hash = null")
        _do(shop, again)


async def _both_with_one_key(shop: Shop) -> list[int]:
    wishes, key = [await _wish(shop), await _wish(shop, await another_product(shop))], uuid4()
    answers = await asyncio.gather(*(try_flash_sale(shop, key=key, **wish) for wish in wishes))
    return sorted(answer.status_code for answer in answers)


async def _wish(shop: Shop, sku_id: str | None = None) -> dict[str, Any]:
    sku_id = sku_id or shop.sku_id
    (row,) = ask(
        shop.world.environ["CHENGTUAN_DATABASE_URL"],
        "select product_id from trade.listing_sku where sku_id = %s", (sku_id,),
    )  # fmt: skip
    return {"product_id": str(row[0]), "variants": [{"sku_id": sku_id, "price_fen": 100, "units": 1}]}


def _do(shop: Shop, statement: LiteralString) -> None:
    with psycopg.connect(shop.world.environ["CHENGTUAN_DATABASE_URL"]) as connection:
        connection.execute(statement)


def kept_prices(shop: Shop) -> int:
    """Activities for which the catalog keeps prices."""
    sql = "select count(distinct campaign_id) from catalog.price_floor"
    ((count,),) = ask(shop.world.environ["CHENGTUAN_DATABASE_URL"], sql)
    return int(count)


@pytest.mark.damages
@pytest.mark.feature("F22", "F34")
async def test_the_orders_of_a_sale_are_found_by_an_index_and_by_its_merchant_alone(
    shop: Shop, database_url: str
) -> None:
    sale_id = await flash_sale(shop, 2)
    order = await flash_order(await shop.shopper(1), sale_id)
    orders = "/api/v1/trade/console/orders"

    async def seen(by: Shop, **asked: Any) -> list[str]:
        return [each["id"] for each in (await by.merchant.get(orders, **asked)).json()["items"]]

    stranger = await open_shop(shop.world)
    assert await seen(shop, flash_sale_id=sale_id) == [order["id"]]
    assert await seen(stranger, flash_sale_id=sale_id) == []
    with psycopg.connect(database_url, autocommit=True) as connection:
        _crowd(connection, order["id"], 20_000)
        connection.execute("set search_path to trade")
        plans: Any = _Plans(connection)
        for scope in (OneMerchant(shop.merchant_id), AllMerchants()):
            asked: Any = {"scope": scope, "activity_id": UUID(sale_id), "statuses": None, "before": None, "limit": 21}
            await views.list_orders_of_activity(plans, **asked)
    for plan in plans.seen:
        assert [line for line in plan if "ix_shop_order_flash" in line], "\n".join(plan)
        assert not [line for line in plan if "Seq Scan on shop_order" in line or "Sort" in line], "\n".join(plan)


class _Plans:
    """A session that keeps the plan of what it is asked."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self.seen: list[list[str]] = []

    async def fetch_all(self, _: Any, sql: Any, params: Any) -> Sequence[Any]:
        self.seen.append([row[0] for row in self._connection.execute(f"explain (costs off) {sql}".encode(), params)])
        return []


def _crowd(connection: psycopg.Connection[Any], order_id: str, count: int) -> None:
    """So many orders more, of the sale and alone by turns."""
    connection.execute("set session_replication_role = replica")
    columns = [
        row[0]
        for row in connection.execute(
            "select column_name from information_schema.columns where table_schema = 'trade'"
            " and table_name = 'shop_order' and is_generated = 'NEVER'"
        )
    ]
    other = {
        "id": "gen_random_uuid()",
        "number": "o.number || n",
        "request_id": "gen_random_uuid()",
        "kind": "case when n %% 2 = 0 then 'flash' else 'solo' end",
    }
    values = ", ".join(other.get(name, f"o.{name}") for name in columns)
    connection.execute(
        f"insert into trade.shop_order ({', '.join(columns)}) select {values} from trade.shop_order o,"
        " generate_series(1, %s) n where o.id = %s".encode(),
        (count, order_id),
    )
    connection.execute("analyze trade.shop_order")


async def test_what_a_product_is_promised_to_says_of_what_kind_it_is(shop: Shop) -> None:
    campaign, sale_id = await shop.campaign([3], [8000]), await flash_sale(shop)
    told = (await shop.merchant.get(f"/api/v1/trade/console/products/{shop.product_id}/commitments")).json()["items"]
    assert [(each["kind"], each["activity_id"]) for each in told] == [("group", campaign["id"]), ("flash", sale_id)]


async def test_names_from_before_are_found_too(shop: Shop) -> None:
    """The data of an older copy. Once more changes nothing."""
    await flash_sale(shop, name="夜場Ｃafé")
    url = shop.world.environ["CHENGTUAN_DATABASE_URL"]
    (made,) = ask(url, "select search_text from trade.activity")
    _do(shop, "update trade.activity set search_text = ''")
    assert await listed(shop, q="夜场cafe") == []
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=NullPool)
    for _ in range(2):
        with engine.begin() as connection:
            import_module(MIGRATION).fill(connection)
        assert ask(url, "select search_text from trade.activity") == [made]
    assert await listed(shop, q="夜场cafe") == ["夜場Ｃafé"]
