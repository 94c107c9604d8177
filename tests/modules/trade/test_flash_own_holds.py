"""What somebody holds is found again: by its owner, from any device, until it has been told long enough."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from chengtuan.kernel.problems import Overloaded
from chengtuan.modules.trade.admission.rules import decide
from chengtuan.modules.trade.admission.rules.decide import MAX_UNPAID_ORDERS
from chengtuan.modules.trade.flash.rows.holds import REFUSED_HOLDS
from chengtuan.platform.combiner import Combiner
from chengtuan.platform.retention import forget
from tests.modules.trade.test_freight import sent_by
from tests.support.flash import PRICE, SALES, flash_order, flash_sale, hold, see_hold, try_hold
from tests.support.rows import ask
from tests.support.shop import Buyer, Shop
from tests.support.unions import two_accounts


async def own_holds(buyer: Buyer, **asked: Any) -> list[dict[str, Any]]:
    answer = await buyer.person.get(f"{SALES}/holds", **asked)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


@pytest.mark.feature("F22")
async def test_who_closed_the_page_finds_what_they_hold_and_what_became_of_it(shop: Shop) -> None:
    sale_id, ann = await flash_sale(shop, per_user_limit=3), await shop.shopper(1)
    held = await hold(ann, sale_id, quantity=2)
    (found,) = await own_holds(ann)
    assert {name: found[name] for name in held} == held
    assert (found["product"]["id"], found["product"]["name"]["en"]) == (shop.product_id, "Pomelo")
    assert (found["sku_name"], found["flash_price_fen"]) == ({"en": "2 pieces"}, PRICE)
    assert (found["order_status"], found["pay_before"]) == (None, None)
    await shop.world.settle()
    order = await ann.see((await see_hold(ann, held["id"]))["order_id"])
    (found,) = await own_holds(ann)
    assert (found["status"], found["order_id"], found["order_status"]) == ("ordered", order["id"], "pending_payment")
    assert found["pay_before"] == order["pay_before"]
    await ann.pay(order["id"])
    assert [each["order_status"] for each in await own_holds(ann)] == ["to_ship"]
    refused = await hold(ann, sale_id, address_id=str(uuid4()))
    await shop.world.settle()
    newest, _ = await own_holds(ann)
    assert (newest["id"], newest["status"]) == (refused["id"], "refused")
    assert newest["problem"]["code"] == "trade/address-not-found"


async def test_holds_are_listed_page_by_page_of_one_sale_or_all_and_to_their_owner(shop: Shop) -> None:
    sale_id = await flash_sale(shop, per_user_limit=9)
    two = await two_accounts(shop)
    first, second = await hold(two.browser, sale_id), await hold(two.mini_program, sale_id)
    ann, bob = await two.unite(), await shop.shopper(2)
    assert [each["id"] for each in await own_holds(ann)] == [second["id"], first["id"]]
    page = (await ann.person.get(f"{SALES}/holds", limit=1)).json()
    assert [each["id"] for each in page["items"]] == [second["id"]]
    assert [each["id"] for each in await own_holds(ann, cursor=page["next_cursor"])] == [first["id"]]
    assert len(await own_holds(ann, sale_id=sale_id)) == 2
    assert await own_holds(ann, sale_id=str(uuid4())) == []
    assert await own_holds(bob) == []
    assert (await shop.world.client.get(f"{SALES}/holds")).status_code == 401
    assert (await ann.person.get(f"{SALES}/holds", cursor="x")).json()["code"] == "platform/bad-cursor"


async def test_what_has_no_order_is_forgotten_a_month_later_and_what_has_one_never(shop: Shop) -> None:
    sale_id, ann, bob = await flash_sale(shop, per_user_limit=3), await shop.shopper(1), await shop.shopper(2)
    refused = await hold(ann, sale_id, address_id=str(uuid4()))
    given_up, paid = await flash_order(ann, sale_id), await flash_order(bob, sale_id)
    await ann.person.post(f"/api/v1/trade/orders/{given_up['id']}/cancel")
    await bob.pay(paid["id"])
    database = shop.world.composition.running["trade"].database
    shop.world.clock.advance(timedelta(days=29))
    assert await forget(database, REFUSED_HOLDS) == 0
    shop.world.clock.advance(timedelta(days=2))
    assert await forget(database, REFUSED_HOLDS) == 1
    left = ask(shop.world.environ["CHENGTUAN_DATABASE_URL"], "select id, status from trade.flash_hold")
    assert sorted(status for _, status in left) == ["ordered", "released"]
    assert UUID(refused["id"]) not in {row[0] for row in left}


@pytest.mark.feature("F22", "X13")
async def test_what_the_order_will_cost_is_told_before_anything_is_held(shop: Shop) -> None:
    await sent_by(shop)
    sale_id, ann = await flash_sale(shop, per_user_limit=3), await shop.shopper(1)
    wish = {"sku_id": shop.sku_id, "quantity": 2, "address_id": ann.address_id}
    quote = (await ann.person.post(f"{SALES}/{sale_id}/preview", wish)).json()
    assert (quote["unit_price_fen"], quote["goods_fen"], quote["freight_fen"]) == (PRICE, 2 * PRICE, 1100)
    assert (quote["payable_fen"], quote["deliverable"], quote["hold_s"]) == (2 * PRICE + 1100, True, 600)
    anywhere = (await ann.person.post(f"{SALES}/{sale_id}/preview", wish | {"address_id": None})).json()
    assert (anywhere["freight_known"], anywhere["freight_fen"]) == (False, 2000), "the dearest there is"
    order = await flash_order(ann, sale_id, quantity=2)
    for name in ("goods_fen", "freight_fen", "payable_fen", "adjustments"):
        assert order[name] == quote[name], name


async def test_what_cannot_be_previewed_says_why(shop: Shop) -> None:
    sale_id, campaign, ann = await flash_sale(shop), await shop.campaign([3], [8000]), await shop.shopper(1)
    wish = {"sku_id": shop.sku_id, "quantity": 1}

    async def refused(sale: str, **changes: Any) -> str:
        return str((await ann.person.post(f"{SALES}/{sale}/preview", wish | changes)).json()["code"])

    assert await refused(str(uuid4())) == "trade/flash-sale-not-found"
    assert await refused(campaign["id"]) == "trade/flash-sale-not-found"
    assert await refused(sale_id, sku_id=str(uuid4())) == "trade/sku-not-found"
    assert await refused(sale_id, quantity=0) == "trade/bad-quantity"
    assert await refused(sale_id, address_id=str(uuid4())) == "trade/address-not-found"


async def test_who_could_have_no_order_hears_so_before_anything_is_held(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the rules of orders: what is told before the press is what would become of the hold."""
    sale_id, ann = await flash_sale(shop, per_user_limit=3), await shop.shopper(1)
    wish = {"sku_id": shop.sku_id, "quantity": 1, "address_id": ann.address_id}

    async def told() -> tuple[int, str]:
        answer = await ann.person.post(f"{SALES}/{sale_id}/preview", wish)
        return answer.status_code, answer.json().get("code", "")

    async def became() -> str:
        held = await hold(ann, sale_id)
        await shop.world.settle()
        return str(((await see_hold(ann, held["id"]))["problem"] or {}).get("code", ""))

    unpaid = [await ann.order("solo") for _ in range(MAX_UNPAID_ORDERS)]
    assert await told() == (409, "trade/too-many-unpaid-orders")
    assert await became() == "trade/too-many-unpaid-orders"
    for each in unpaid:
        await ann.person.post(f"/api/v1/trade/orders/{each['id']}/cancel")
    assert await told() == (200, "")
    with monkeypatch.context() as stricter:
        stricter.setattr(decide, "MAX_GIVEN_UP", MAX_UNPAID_ORDERS)
        assert await told() == (409, "trade/too-many-departures")
        assert await became() == "trade/too-many-departures"
    with monkeypatch.context() as dear:
        dear.setattr(decide, "MAX_FEN", 1)
        assert await told() == (409, "trade/order-too-large")
        assert await became() == "trade/order-too-large"


async def test_who_has_all_they_may_have_hears_so_before_asking_for_more(shop: Shop) -> None:
    sale_id, ann = await flash_sale(shop, per_user_limit=2), await shop.shopper(1)
    wish = {"sku_id": shop.sku_id, "quantity": 2}
    path = f"{SALES}/{sale_id}/preview"
    assert (await ann.person.post(path, wish)).status_code == 200
    await hold(ann, sale_id)  # there is no order yet
    refused, pressed = await ann.person.post(path, wish), await try_hold(ann, sale_id, quantity=2)
    assert (refused.status_code, refused.json()["code"]) == (409, "trade/flash-limit")
    members = ("code", "limit", "had")
    assert [refused.json()[name] for name in members] == [pressed.json()[name] for name in members]
    assert (await ann.person.post(path, wish | {"quantity": 1})).status_code == 200


def test_a_rule_of_orders_is_one_of_previews_of_flash_sales() -> None:
    """But for what nobody can be judged by yet, and for where it is sent, which the quote says itself."""
    left_to_the_quote = {decide.the_activity_delivers_there, decide.everything_is_sent_there}
    assert set(decide.RULES) - set(decide.RULES_BEFORE_A_HOLD) == {decide.it_is_held} | left_to_the_quote


async def test_at_a_full_door_one_is_told_when_to_come_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a ticket as for the units: the crowd is no failure of the server."""
    sale_id, ann, key = await flash_sale(shop), await shop.shopper(1), uuid4()
    ticket = (await ann.person.post(f"{SALES}/{sale_id}/tickets", key=key)).json()
    shown = {"ticket": ticket["ticket"], "proof": ""}

    async def full(*_: object, **__: object) -> None:
        raise Overloaded(retry_after_s=1)

    with monkeypatch.context() as crowd:
        crowd.setattr(Combiner, "submit", full)
        for answer in (
            await ann.person.post(f"{SALES}/{sale_id}/tickets", key=key),
            await try_hold(ann, sale_id, key=key, **shown),
        ):
            assert (answer.status_code, answer.json()["code"]) == (429, "trade/flash-busy")
            assert answer.headers["Retry-After"] == str(answer.json()["retry_after_s"]) == "3"
    assert (await try_hold(ann, sale_id, key=key, **shown)).status_code == 201, "with the same ticket"
