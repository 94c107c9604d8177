"""Who gets units: tables of the pure rules."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from chengtuan.kernel.problems import Problem
from chengtuan.modules.trade.flash.problems import BadFlashTimes
from chengtuan.modules.trade.flash.rules.slot import check_slot, day_of
from chengtuan.modules.trade.flash.rules.states import SaleState, sale_state
from chengtuan.modules.trade.flash.rules.take import HoldWish, Repeated, SaleSnapshot, SaleTerms, Taken, take

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
SALE, SKU, OTHER, ANN, BOB, PHONE = (uuid4() for _ in range(6))
TERMS = SaleTerms(SALE, NOON, NOON + timedelta(hours=1), None, 3, 2, {SKU, OTHER})


def a_wish(**changes: object) -> HoldWish:
    wish = HoldWish(
        hold_id=uuid4(),
        sale_id=SALE,
        sku_id=SKU,
        user_id=ANN,
        absorbed=frozenset(),
        request_id=uuid4(),
        quantity=1,
        address_id=ANN,
        device=None,
    )
    return replace(wish, **changes)  # type: ignore[arg-type]  # tests name fields of it


def snapshot(**changes: object) -> SaleSnapshot:
    found = SaleSnapshot(now=NOON, sales={SALE: TERMS}, free={(SALE, SKU): 5, (SALE, OTHER): 1})
    return replace(found, **changes)  # type: ignore[arg-type]  # same


def told(snapshot: SaleSnapshot, *wishes: HoldWish) -> list[str]:
    return [
        verdict.code.removeprefix("trade/") if isinstance(verdict, Problem) else type(verdict).__name__
        for verdict in take(snapshot, wishes)
    ]


@pytest.mark.parametrize(
    ("changes", "terms", "now_s", "expected"),
    [
        ({}, {}, 0, "Taken"),
        ({"quantity": 3}, {}, 0, "Taken"),
        ({}, {}, -1, "flash-sale-not-started"),
        ({}, {}, 3599, "Taken"),
        ({}, {}, 3600, "flash-sale-ended"),
        ({}, {"stopped_at": NOON}, 0, "flash-sale-ended"),
        ({}, {"stopped_at": NOON}, -1, "flash-sale-ended"),
        ({"quantity": 4}, {}, 0, "flash-limit"),
        ({"sku_id": OTHER, "quantity": 2}, {}, 0, "flash-sold-out"),
        ({"sku_id": uuid4()}, {}, 0, "sku-not-found"),
        ({}, {"skus": {OTHER}}, 0, "sku-not-found"),
        ({"sale_id": uuid4()}, {}, 0, "flash-sale-not-found"),
    ],
)
def test_what_one_wish_is_told(changes: dict[str, object], terms: dict[str, object], now_s: int, expected: str) -> None:
    sale = replace(TERMS, **terms)  # type: ignore[arg-type]  # same
    found = snapshot(sales={SALE: sale}, now=NOON + timedelta(seconds=now_s))
    assert told(found, a_wish(**changes)) == [expected]


def test_each_hold_counts_for_the_next_of_its_batch() -> None:
    people = [uuid4() for _ in range(4)]
    assert told(snapshot(), *(a_wish(user_id=who, quantity=2) for who in people)) == [
        "Taken",
        "Taken",
        "flash-sold-out",
        "flash-sold-out",
    ]
    found = snapshot(free={(SALE, SKU): 99})
    assert told(found, *(a_wish(quantity=n) for n in (2, 2, 1, 1))) == ["Taken", "flash-limit", "Taken", "flash-limit"]


def test_a_person_is_one_under_all_of_their_ids() -> None:
    had: dict[tuple[UUID, UUID], int] = {(SALE, BOB): 2}
    assert told(snapshot(had=had), a_wish(quantity=2)) == ["Taken"]
    assert told(snapshot(had=dict(had)), a_wish(absorbed=frozenset([BOB]), quantity=2)) == ["flash-limit"]
    assert told(snapshot(had={(SALE, BOB): 2}, people={ANN: BOB}), a_wish(quantity=2)) == ["flash-limit"]
    united = a_wish(absorbed=frozenset([BOB]), quantity=3)
    assert told(snapshot(), united, a_wish(user_id=BOB)) == ["Taken", "flash-limit"], "a session from before the union"


def test_so_many_people_buy_from_one_device() -> None:
    others = {(SALE, PHONE): {uuid4(), uuid4()}}
    assert told(snapshot(on_device=others), a_wish(device=PHONE)) == ["flash-device-limit"]
    assert told(snapshot(on_device=others), a_wish(device=uuid4())) == ["Taken"]
    assert told(snapshot(on_device=others), a_wish()) == ["Taken"]
    mine = {(SALE, PHONE): {ANN, BOB}}
    assert told(snapshot(on_device=mine), a_wish(device=PHONE)) == ["Taken"], "their own device"
    people = [uuid4() for _ in range(3)]
    found = snapshot(free={(SALE, SKU): 99})
    assert told(found, *(a_wish(user_id=who, device=PHONE) for who in people)) == [
        "Taken",
        "Taken",
        "flash-device-limit",
    ]


def test_a_request_is_answered_again_and_never_for_something_else() -> None:
    wish = a_wish()
    again, other = replace(wish, hold_id=uuid4()), replace(wish, hold_id=uuid4(), quantity=2)
    found = snapshot()
    first, second, third = take(found, [wish, again, other])
    assert isinstance(first, Taken)
    assert second == Repeated(wish.hold_id)
    assert isinstance(third, Problem)
    assert third.code == "trade/idempotency-conflict"
    over = replace(found, now=NOON + timedelta(days=1), free={(SALE, SKU): 0})
    assert take(over, [again]) == [Repeated(wish.hold_id)], "also when nobody gets any more"
    merged = replace(again, user_id=BOB, absorbed=frozenset([ANN]))
    assert take(over, [merged]) == [Repeated(wish.hold_id)], "also after their accounts became one"


@pytest.mark.parametrize(
    ("starts_s", "ends_s", "reason"),
    [
        (0, 600, None),
        (-300, 300, None),
        (0, 24 * 3600, None),
        (59 * 86400, 59 * 86400 + 600, None),
        (-7200, 0, "ends_in_the_past"),
        (600, 600, "ends_before_it_starts"),
        (700, 600, "ends_before_it_starts"),
        (0, 599, "too_short"),
        (0, 24 * 3600 + 1, "too_long"),
        (60 * 86400 - 600, 60 * 86400 + 1, "too_far_away"),
    ],
)
def test_when_a_sale_may_be(starts_s: int, ends_s: int, reason: str | None) -> None:
    slot = (NOON + timedelta(seconds=starts_s), NOON + timedelta(seconds=ends_s))
    if reason is None:
        check_slot(*slot, NOON)
        return
    with pytest.raises(BadFlashTimes) as refused:
        check_slot(*slot, NOON)
    assert refused.value.extension == {"reason": reason}


@pytest.mark.parametrize(
    ("now_s", "free", "stopped", "state"),
    [
        (-1, 5, False, SaleState.UPCOMING),
        (0, 5, False, SaleState.RUNNING),
        (0, 0, False, SaleState.SOLD_OUT),
        (600, 5, False, SaleState.ENDED),
        (600, 0, False, SaleState.ENDED),
        (0, 5, True, SaleState.STOPPED),
    ],
)
def test_what_a_sale_is(now_s: int, free: int, stopped: bool, state: SaleState) -> None:
    now, ends_at = NOON + timedelta(seconds=now_s), NOON + timedelta(seconds=600)
    assert sale_state(NOON, ends_at, NOON if stopped else None, free, now) is state


def test_days_begin_in_shanghai() -> None:
    assert day_of(datetime(2026, 6, 1, 15, 59, tzinfo=UTC)) == datetime(2026, 5, 31, 16, tzinfo=UTC)
    assert day_of(datetime(2026, 6, 1, 16, 0, tzinfo=UTC)) == datetime(2026, 6, 1, 16, tzinfo=UTC)
