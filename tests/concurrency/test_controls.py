"""The same rushes with the guards taken away: the tests of this folder would see it."""

import pytest

from tests.concurrency.stage import Stage, outcomes, remove_row_locks, rush, without_constraints
from tests.support.invariants import violations

pytestmark = [pytest.mark.concurrency, pytest.mark.slow, pytest.mark.postgres]


@pytest.mark.damages
async def test_without_any_guard_a_group_takes_more_than_its_size(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = await stage.shop.campaign([3], [7000])
    group_id = await stage.open_group(campaign, paid=2)
    remove_row_locks(monkeypatch)
    with without_constraints(stage):
        answers = await rush(*(buyer.try_order("join", group_id=group_id) for buyer in stage.crowd(60)))
        assert outcomes(answers)["201"] > 1
        assert any(
            "nobody sits in a group beyond its seats" in found
            for found in violations(stage.database_url, settled=False)
        )


@pytest.mark.damages
async def test_without_any_guard_a_product_is_oversold(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    await stage.shop.set_stock(1)
    remove_row_locks(monkeypatch)
    with without_constraints(stage):
        answers = await rush(*(buyer.try_order("solo") for buyer in stage.crowd(60)))
        assert outcomes(answers)["201"] > 1
        assert any("stock equation" in found for found in violations(stage.database_url, settled=False))


@pytest.mark.damages
async def test_without_any_guard_a_campaign_exceeds_its_cap(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = await stage.shop.campaign([3], [7000], stock_cap=1)
    remove_row_locks(monkeypatch)
    with without_constraints(stage):
        await rush(*(buyer.try_order("open", campaign_id=campaign["id"]) for buyer in stage.crowd(60)))
        assert any("more than its cap" in found for found in violations(stage.database_url, settled=False))


async def test_without_locks_the_constraints_hold_the_line_for_seats(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of the two guards is enough by itself; the tests above show what happens without both."""
    campaign = await stage.shop.campaign([3], [7000])
    group_id = await stage.open_group(campaign, paid=2)
    remove_row_locks(monkeypatch)
    told = outcomes(await rush(*(buyer.try_order("join", group_id=group_id) for buyer in stage.crowd(60))))
    assert told["201"] == 1, told
    assert violations(stage.database_url, settled=False) == []


async def test_without_locks_the_constraints_hold_the_line_for_stock(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.shop.set_stock(1)
    remove_row_locks(monkeypatch)
    told = outcomes(await rush(*(buyer.try_order("solo") for buyer in stage.crowd(60))))
    assert told["201"] == 1, told
    assert violations(stage.database_url, settled=False) == []


async def test_without_constraints_the_locks_still_hold_the_line(stage: Stage) -> None:
    await stage.shop.set_stock(1)
    with without_constraints(stage):
        answers = await rush(*(buyer.try_order("solo") for buyer in stage.crowd(60)))
        assert outcomes(answers) == {"201": 1, "trade/sold-out": 59}


@pytest.mark.damages
async def test_without_the_seat_index_one_person_takes_several_seats(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = await stage.shop.campaign([30], [7000])
    group_id = await stage.open_group(campaign, paid=1)
    [buyer] = stage.crowd(1)
    apps = stage.through_all_doors(buyer)
    remove_row_locks(monkeypatch)
    [(definition,)] = stage.rows("select indexdef from pg_indexes where indexname = 'uq_seat_active'")
    stage.rows("drop index trade.uq_seat_active")
    try:
        answers = await rush(*(apps[n % 2].try_order("join", group_id=group_id) for n in range(8)))
        assert outcomes(answers)["201"] > 1
        found = violations(stage.database_url, settled=False)
        assert any("one person has one active seat" in violation for violation in found)
    finally:
        stage.rows("delete from trade.seat")
        stage.rows(definition)


@pytest.mark.damages
async def test_without_its_unique_key_a_repeated_request_is_two_orders(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    [buyer] = stage.crowd(1)
    apps = stage.through_all_doors(buyer)
    remove_row_locks(monkeypatch)
    stage.rows("alter table trade.shop_order drop constraint uq_shop_order_user_id_request_id")
    try:
        await rush(*(apps[n % 2].try_order("solo", key=buyer.person.id) for n in range(8)))
        assert stage.rows("select count(*) > 1 from trade.shop_order") == [(True,)]
    finally:
        stage.rows("truncate trade.shop_order cascade")
        stage.rows(
            "alter table trade.shop_order add constraint uq_shop_order_user_id_request_id unique (user_id, request_id)"
        )
