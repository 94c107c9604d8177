"""Lines that once could be taken out without any test noticing; each test fails when its line is gone."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors

from chengtuan.modules.catalog.facade import CatalogFacade, ProductChanged
from chengtuan.modules.catalog.prices.rows import lock_solo_prices
from chengtuan.modules.payments.rules.refund import RefundStatus as ProviderStatus
from chengtuan.modules.trade.activities.rows.activities import find_overlapping
from chengtuan.modules.trade.admission.rows.snapshots import lock_snapshot
from chengtuan.modules.trade.admission.rules.wish import Mode, Wish, WishLine
from chengtuan.modules.trade.facade import NewParcel, OrderNotFound, TradeFacade, WrongOrderState
from chengtuan.modules.trade.groups.rows.groups import lock_groups
from chengtuan.modules.trade.orders.rows import orders as order_rows
from chengtuan.modules.trade.refunds import rows as refund_rows
from chengtuan.modules.trade.shelf.moves import update_listing
from chengtuan.modules.trade.states import ActivityKind, OrderAction, RefundStatus
from chengtuan.modules.trade.stock.rows.stock import lock_stock
from chengtuan.platform.database import Database, WriteSession
from tests.modules.trade.test_groups import fill, group_page
from tests.support.shop import ADDRESS, Buyer, Shop, open_shop

ORDERS = "/api/v1/trade/console/orders"
PARCEL = {"carrier_code": "SF", "tracking_no": "SF1234567890123"}


def database(shop: Shop) -> Database:
    return shop.world.composition.running["trade"].database


def rows(shop: Shop, query: str, *values: object) -> list[tuple[object, ...]]:
    with psycopg.connect(shop.world.environ["CHENGTUAN_DATABASE_URL"], autocommit=True) as connection:
        return connection.execute(query.encode(), values).fetchall()


async def later(shop: Shop, **time: float) -> None:
    shop.world.clock.advance(timedelta(**time))
    await shop.world.settle()


async def misbehave(shop: Shop, kind: str, **how: float) -> None:
    answer = await shop.world.partner.post("/control/faults", json={"kind": kind, **how})
    assert answer.status_code == 201, answer.text


async def pay_twice(shop: Shop, buyer: Buyer, order_id: str) -> None:
    """In the browser and inside WeChat, both at once."""
    rows(shop, "update accounts.person set openid = 'o-lin' where id = %s returning id", buyer.person.id)
    by_browser = await buyer.hand_over(order_id)
    answer = await buyer.person.post(f"/api/v1/trade/orders/{order_id}/pay", {"channel": "wechat_jsapi"})
    prepay_id = answer.json()["jsapi"]["package"].partition("=")[2]
    in_wechat = await shop.world.partner.post("/desk/api/pay", json={"prepay_id": prepay_id})
    assert (in_wechat.json()["result"], await buyer.pay_at(by_browser)) == ("paid", "paid")
    await shop.world.settle()


# ---- who may see and do what ----


async def test_a_merchant_counts_own_orders_only(shop: Shop) -> None:
    await (await shop.shopper(1)).order("solo")
    stranger = (await open_shop(shop.world)).merchant
    own = (await shop.merchant.get(f"{ORDERS}/counts")).json()
    assert own["pending_payment"] == 1
    assert (await stranger.get(f"{ORDERS}/counts")).json() == dict.fromkeys(own, 0)


def parcel_of(shop: Shop, order_id: str, **other: Any) -> NewParcel:
    own: dict[str, Any] = {"merchant_id": shop.merchant_id, "lines": None, "sent_at": shop.world.clock.now()}
    return NewParcel(parcel_id=uuid4(), order_id=UUID(order_id), **PARCEL | own | other)


async def test_trade_itself_refuses_another_merchants_parcel(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    order = await buyer.order("solo")
    await buyer.pay(order["id"])
    trade = cast("TradeFacade", shop.world.composition.facades[TradeFacade])
    stranger = await open_shop(shop.world)
    with pytest.raises(OrderNotFound):
        await trade.send_parcel(parcel=parcel_of(shop, order["id"], merchant_id=stranger.merchant_id))
    assert (await buyer.see(order["id"]))["status"] == "to_ship"


async def test_another_parcel_of_an_order_that_is_all_sent_is_refused(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    order = await buyer.order("solo")
    await buyer.pay(order["id"])
    trade = cast("TradeFacade", shop.world.composition.facades[TradeFacade])
    parcel = parcel_of(shop, order["id"])
    first, again = [await trade.send_parcel(parcel=parcel) for _ in range(2)]
    assert (first, first.nth, first.left) == (again, 1, 0)
    with pytest.raises(WrongOrderState):
        await trade.send_parcel(parcel=replace(parcel, parcel_id=uuid4()))


# ---- time and money (rules 3, 4) ----


async def test_money_counts_by_the_providers_time_though_we_hear_of_it_after_the_deadline(shop: Shop) -> None:
    campaign = await shop.campaign([2], [8000], group_duration_s=600)
    group_id, _ = await fill(shop, campaign, 1)
    friend = await shop.shopper(2)
    order = await friend.join(group_id)
    hand_over = await friend.hand_over(order["id"])
    shop.world.clock.advance(timedelta(seconds=599))
    await misbehave(shop, "callback_lost")
    await friend.pay_at(hand_over)
    await later(shop, seconds=20)
    assert (await group_page(shop, group_id))["status"] == "succeeded"
    seen = await friend.see(order["id"])
    assert (seen["status"], seen["refunds"]) == ("to_ship", [])


async def held_without_an_answer(shop: Shop) -> tuple[str, Buyer, str]:
    """A friend has paid a second before the deadline; neither callback nor questions come through."""
    campaign = await shop.campaign([2], [8000], group_duration_s=600)
    group_id, _ = await fill(shop, campaign, 1)
    friend = await shop.shopper(2)
    order = await friend.join(group_id)
    hand_over = await friend.hand_over(order["id"])
    shop.world.clock.advance(timedelta(seconds=599))
    await misbehave(shop, "callback_delayed", seconds=300)
    await friend.pay_at(hand_over)
    await misbehave(shop, "api_500", times=1000)
    await later(shop, seconds=1)
    return group_id, friend, order["id"]


@pytest.mark.slow
async def test_a_group_waits_a_minute_for_the_providers_word(shop: Shop) -> None:
    group_id, friend, order_id = await held_without_an_answer(shop)
    await later(shop, seconds=30)
    assert (await group_page(shop, group_id))["status"] == "open", "nobody knows yet"
    await shop.world.partner.delete("/control/faults")
    await later(shop, seconds=25)
    assert (await group_page(shop, group_id))["status"] == "succeeded"
    assert (await friend.see(order_id))["status"] == "to_ship"


@pytest.mark.slow
async def test_a_group_waits_no_longer_than_a_minute(shop: Shop) -> None:
    group_id, friend, order_id = await held_without_an_answer(shop)
    for _ in range(4):
        await later(shop, seconds=20)
    assert (await group_page(shop, group_id))["status"] == "failed"
    await shop.world.partner.delete("/control/faults")
    for _ in range(3):
        await later(shop, minutes=5)
    seen = await friend.see(order_id)
    assert (seen["paid_fen"], seen["refunded_fen"]) == (8000, 8000), "what came too late goes back"


async def test_what_is_on_its_way_back_is_not_returned_again_when_the_group_fails(shop: Shop) -> None:
    campaign = await shop.campaign([3], [8000])
    group_id, [(buyer, order_id)] = await fill(shop, campaign, 1)
    friend = await shop.shopper(2)
    twice = await friend.join(group_id)
    await pay_twice(shop, friend, twice["id"])
    await misbehave(shop, "refund_abnormal")  # meets the next refund that is asked for: the group's
    await later(shop, hours=1)
    await later(shop, minutes=3)
    await later(shop, minutes=3)
    assert (await group_page(shop, group_id))["status"] == "failed"
    seen = [await buyer.see(order_id), await friend.see(twice["id"])]
    assert [sum(refund["amount_fen"] for refund in order["refunds"]) for order in seen] == [8000, 16000]
    for order in seen:
        everything = order["refunded_fen"] == order["paid_fen"]
        assert order["status"] == ("refunded" if everything else "refunding"), "a part came back, or all of it"
    assert {order["status"] for order in seen} == {"refunded", "refunding"}


async def test_who_leaves_after_paying_twice_gets_each_payment_back_once(shop: Shop) -> None:
    campaign = await shop.campaign([3], [8000])
    group_id, _ = await fill(shop, campaign, 1)
    buyer = await shop.shopper(2)
    order_id = (await buyer.join(group_id))["id"]
    await pay_twice(shop, buyer, order_id)
    left = await buyer.person.post(f"/api/v1/trade/orders/{order_id}/cancel")
    assert left.status_code == 200, left.text
    await later(shop, minutes=3)
    seen = await buyer.see(order_id)
    planned = sorted((refund["reason"], refund["amount_fen"]) for refund in seen["refunds"])
    assert planned == [("cancelled", 8000), ("late_payment", 8000)]
    assert (seen["status"], seen["paid_fen"], seen["refunded_fen"]) == ("refunded", 16000, 16000)


async def test_an_order_is_refunded_when_all_of_it_is_back(shop: Shop) -> None:
    campaign = await shop.campaign([3], [8000])
    buyer = await shop.shopper(1)
    order = await buyer.open(campaign)
    await misbehave(shop, "refund_delayed", seconds=7200)  # the one for the second payment
    await pay_twice(shop, buyer, order["id"])
    await later(shop, hours=1)
    await later(shop, minutes=3)
    seen = await buyer.see(order["id"])
    assert (seen["status"], seen["refunded_fen"], seen["paid_fen"]) == ("refunding", 8000, 16000)
    for _ in range(3):
        await later(shop, hours=1)
    seen = await buyer.see(order["id"])
    assert (seen["status"], seen["refunded_fen"]) == ("refunded", 16000)


async def test_a_late_word_about_a_refund_changes_nothing(shop: Shop) -> None:
    campaign = await shop.campaign([3], [8000])
    await fill(shop, campaign, 1)
    await later(shop, hours=1)
    await later(shop, minutes=2)
    [(trade_id, number)] = rows(shop, "select id, number from trade.refund")
    assert isinstance(trade_id, UUID)
    now = shop.world.clock.now()
    async with database(shop).write() as tx:
        await refund_rows.mark_submitted(tx, trade_id, now)
        await refund_rows.mark_abnormal(tx, trade_id, "failed", "said too late")
        assert not (await refund_rows.mark_succeeded(tx, trade_id, now)).done, "counted once"
        assert not await refund_rows.resume(tx, trade_id)
    [(here, there)] = rows(
        shop,
        "select t.status, p.status from trade.refund t join payments.refund p using (id) where p.number = %s",
        number,
    )
    assert (here, there) == (RefundStatus.SUCCEEDED, ProviderStatus.SUCCEEDED)


async def test_who_paid_too_late_is_told_when_the_return_is_planned(shop: Shop) -> None:
    campaign = await shop.campaign([3], [8000])
    group_id, _ = await fill(shop, campaign, 1)
    late = await shop.shopper(2)
    order = await late.join(group_id)
    await pay_twice(shop, late, order["id"])
    told = (await late.person.get("/api/v1/messaging/inbox")).json()["items"]
    assert "payment_late" in [notice["template"] for notice in told]


# ---- the way of an order ----


async def test_a_formed_groups_orders_reach_the_packing_table(shop: Shop) -> None:
    campaign = await shop.campaign([2], [8000])
    _, members = await fill(shop, campaign, 2)
    waiting = rows(shop, "select order_id::text from fulfilment.parcel_task where shipped_at is null")
    assert sorted(str(order_id) for (order_id,) in waiting) == sorted(order_id for _, order_id in members)


async def test_a_parcel_that_nobody_confirms_counts_as_received_after_ten_days(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    order = await buyer.order("solo")
    await buyer.pay(order["id"])
    shipped = await shop.merchant.post(f"/api/v1/fulfilment/console/orders/{order['id']}/ship", PARCEL)
    assert shipped.status_code == 201, shipped.text
    await later(shop, days=9, hours=23)
    assert (await buyer.see(order["id"]))["status"] == "shipped"
    await later(shop, hours=1)
    assert (await buyer.see(order["id"]))["status"] == "completed"


async def test_giving_up_unpaid_orders_is_not_leaving(shop: Shop) -> None:
    campaign = await shop.campaign([3], [8000])
    buyer = await shop.shopper(1)
    for _ in range(4):
        order = await buyer.open(campaign)
        cancelled = await buyer.person.post(f"/api/v1/trade/orders/{order['id']}/cancel")
        assert cancelled.json()["status"] == "cancelled"
    assert (await buyer.open(campaign))["status"] == "pending_payment"


async def test_the_quote_says_where_the_offer_is_not_delivered(shop: Shop) -> None:
    campaign = await shop.campaign([3], [8000], regions=[ADDRESS["province_code"]])
    buyer = await shop.shopper(1)
    far = ADDRESS | {"province_code": "110000", "province": "北京市", "city": "北京市", "district": "東城區"}
    elsewhere = (await buyer.person.post("/api/v1/accounts/me/addresses", far)).json()["id"]
    wish = {"mode": "open", "campaign_id": campaign["id"], "sku_id": shop.sku_id, "quantity": 1}
    said = {}
    for address_id in (buyer.address_id, elsewhere):
        answer = await buyer.person.post("/api/v1/trade/orders/preview", wish | {"address_id": address_id})
        assert answer.status_code == 200, answer.text
        said[address_id] = answer.json()["deliverable"]
    assert said == {buyer.address_id: True, elsewhere: False}


async def test_a_group_whose_seats_are_all_taken_is_not_offered(shop: Shop) -> None:
    campaign = await shop.campaign([2], [8000])
    group_id, _ = await fill(shop, campaign, 1)
    path = f"/api/v1/trade/products/{shop.product_id}/groups"

    async def offered() -> list[str]:
        client = shop.world.client
        listed = [group["id"] for group in (await client.get(path)).json()["items"]]
        (card,) = (await client.get("/api/v1/trade/listings")).json()["items"]
        assert (card["nearest_group"] or {}).get("id") == next(iter(listed), None), "the shelf says the same"
        return listed

    assert await offered() == [group_id]
    held = await (await shop.shopper(2)).join(group_id)
    assert await offered() == [], "one has paid, one is paying: nobody else can come in"
    await later(shop, minutes=16)
    assert (held["group_id"], await offered()) == (group_id, [group_id])


# ---- rows ----


async def test_an_older_version_of_a_product_does_not_come_back(shop: Shop) -> None:
    catalog = cast("CatalogFacade", shop.world.composition.facades[CatalogFacade])
    old = await catalog.get_product(product_id=UUID(shop.product_id))
    path = f"/api/v1/catalog/console/products/{shop.product_id}"
    assert (await shop.merchant.post(f"{path}/unpublish")).status_code == 200
    await shop.world.settle()
    async with database(shop).write() as tx:
        await update_listing(tx, ProductChanged(product_id=old.product_id, product=old))
    [(published,)] = rows(shop, "select published from trade.listing where product_id = %s", shop.product_id)
    assert published is False


async def test_what_a_wish_is_judged_by_is_locked(shop: Shop) -> None:
    campaign = await shop.campaign([3], [8000])
    group_id, _ = await fill(shop, campaign, 1)
    wish = Wish(
        order_id=UUID(int=1),
        request_id=UUID(int=2),
        request_hash=b"",
        user_id=UUID(int=3),
        mode=Mode.JOIN,
        lines=(WishLine(UUID(shop.sku_id), 1),),
        activity_id=None,
        group_id=UUID(group_id),
        new_group_id=UUID(int=4),
        province_code="440000",
        expected_payable_fen=None,
    )
    contended = (
        ("trade.buy_group", "id", group_id),
        ("trade.activity", "id", campaign["id"]),
        ("trade.stock", "sku_id", shop.sku_id),
    )
    async with database(shop).write() as tx:
        await lock_snapshot(tx, [wish], tx.clock.now())
        assert [held_by_somebody(shop, *row) for row in contended] == [True, True, True]
    assert [held_by_somebody(shop, *row) for row in contended] == [False, False, False]


Locking = Callable[[WriteSession], Awaitable[object]]


async def test_what_is_read_to_be_changed_is_locked(shop: Shop) -> None:
    """Whoever decides by a row that another may still change decides by what is no longer so."""
    campaign = await shop.campaign([3], [8000])
    group_id, [(_, order_id)] = await fill(shop, campaign, 1)
    group, order, product, sku = UUID(group_id), UUID(order_id), UUID(shop.product_id), UUID(shop.sku_id)
    now = shop.world.clock.now()
    in_trade: list[tuple[Locking, str, str, UUID]] = [
        (lambda tx: lock_groups(tx, [group]), "trade.buy_group", "id", group),
        (lambda tx: order_rows.lock_orders(tx, [order]), "trade.shop_order", "id", order),
        (
            lambda tx: order_rows.lock_orders_of_groups(tx, [group], OrderAction.FORM),
            "trade.shop_order",
            "id",
            order,
        ),
        (lambda tx: lock_stock(tx, sku), "trade.stock", "sku_id", sku),
        (
            lambda tx: find_overlapping(tx, ActivityKind.GROUP, product, now, now),
            "trade.listing",
            "product_id",
            product,
        ),
    ]
    in_catalog: list[tuple[Locking, str, str, UUID]] = [
        (lambda tx: lock_solo_prices(tx, product, shop.merchant_id), "catalog.product", "id", product),
    ]
    for module, locks in (("trade", in_trade), ("catalog", in_catalog)):
        for lock, table, column, key in locks:
            async with shop.world.composition.running[module].database.write() as tx:
                await lock(tx)
                assert held_by_somebody(shop, table, column, key), table
            assert not held_by_somebody(shop, table, column, key), table


def held_by_somebody(shop: Shop, table: str, column: str, key: object) -> bool:
    try:
        rows(shop, f"select 1 from {table} where {column} = %s for no key update nowait", key)
    except errors.LockNotAvailable:
        return True
    return False
