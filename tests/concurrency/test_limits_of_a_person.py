"""Limits that span products, which share no row: one person at two instances at once, and without the lock."""

from uuid import UUID

import pytest

from chengtuan.modules.trade.admission.rows.facts import buyers
from chengtuan.modules.trade.admission.rules.decide import MAX_UNPAID_ORDERS
from tests.concurrency.stage import Stage, another_product, outcomes, rush, widen_the_gap
from tests.support.invariants import violations

pytestmark = [pytest.mark.concurrency, pytest.mark.slow, pytest.mark.postgres]
SKUS = 8


async def _order_everything(stage: Stage) -> dict[str, int]:
    """One order for each of several products, at the same instant, through both instances in turn."""
    skus = [stage.shop.sku_id, *[await another_product(stage.shop) for _ in range(SKUS - 1)]]
    [buyer] = stage.crowd(1)
    apps = stage.through_all_doors(buyer)
    return outcomes(await rush(*(apps[n % len(apps)].try_order("solo", sku_id=sku) for n, sku in enumerate(skus))))


async def test_nobody_holds_more_unpaid_orders_than_allowed(stage: Stage) -> None:
    answers = await _order_everything(stage)
    assert answers == {"201": MAX_UNPAID_ORDERS, "trade/too-many-unpaid-orders": SKUS - MAX_UNPAID_ORDERS}
    assert violations(stage.database_url, settled=False) == []


async def test_without_the_buyers_lock_the_limit_leaks(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buyers.LOCK, "locked", None)
    widen_the_gap(monkeypatch)
    assert (await _order_everything(stage))["201"] > MAX_UNPAID_ORDERS


async def test_a_newcomer_joins_one_group_of_two_at_the_same_time(stage: Stage) -> None:
    """Two products of the merchant, a newcomers' group each: who has joined one is no newcomer in the other."""
    groups = []
    for sku in (stage.shop.sku_id, await another_product(stage.shop)):
        campaign = await stage.shop.campaign([3], [4000], newcomers_only=True, **await _about(stage, sku))
        [initiator] = stage.crowd(1)
        order = await initiator.open(campaign, sku_id=sku)
        await initiator.pay(order["id"])
        groups.append((sku, order["group_id"]))
    for newcomer in stage.crowd(5):
        apps = stage.through_all_doors(newcomer)
        answers = await rush(
            *(app.try_order("join", sku_id=sku, group_id=group) for app, (sku, group) in zip(apps, groups, strict=True))
        )
        assert outcomes(answers) == {"201": 1, "trade/newcomers-only": 1}
        order = next(answer.json()["id"] for answer in answers if answer.status_code == 201)
        await newcomer.person.post(f"/api/v1/trade/orders/{order}/cancel")


async def _about(stage: Stage, sku_id: str) -> dict[str, object]:
    """The terms of `Shop.campaign` for another product's only variant."""
    [(product_id,)] = stage.rows("select product_id from trade.listing_sku where sku_id = %s", UUID(sku_id))
    return {
        "product_id": str(product_id),
        "tiers": [{"people": 3, "prices": [{"sku_id": sku_id, "price_fen": 4000}]}],
    }
