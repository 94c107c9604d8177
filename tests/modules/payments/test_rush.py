"""What happens to many payments at the same time is written together, and each still has its own fate."""

import asyncio
import json
from uuid import UUID, uuid4

import pytest

from chengtuan.gateways.sandbox import FaultKind
from chengtuan.modules.payments.facade import PaymentNotOpen, PaymentStatus, PaymentSucceeded
from tests.modules.payments.stage import OF_ORDER, PRICE, Stage, an_order
from tests.modules.payments.test_callbacks import Tap, _post, _rewritten, _signed

MANY = 30


async def _told_later(stage: Stage, *, wrong: int | None = None) -> tuple[list[UUID], Tap]:
    """Orders that were paid while the wire to us was cut; one is told with a wrong amount."""
    tap = Tap(stage)
    tap.cut = True
    orders = [uuid4() for _ in range(MANY)]
    await asyncio.gather(*(stage.open(payable=an_order(order_id)) for order_id in orders))
    for number, order_id in enumerate(orders):
        if number == wrong:
            stage.arm(FaultKind.CALLBACK_WRONG_AMOUNT)
        await stage.press_pay(order_id=order_id)
    assert len(tap.sent) == MANY
    return orders, tap


async def _tell_all(stage: Stage, tap: Tap) -> list[int]:
    """All callbacks at once; the answers' statuses in the order of the orders."""
    answers = await asyncio.gather(*(_post(stage, *sent) for sent in tap.sent))
    return [answer.status_code for answer in answers]


def _orders(stage: Stage, where: str = "") -> set[UUID]:
    found = stage.rows(
        f"select y.subject_id from payments.payment p join payments.payable y on y.id = p.payable_id {where}"
    )
    return {row["subject_id"] for row in found}


def _paid(stage: Stage) -> set[UUID]:
    return _orders(stage, "where p.status = 'paid'")


def _commits(stage: Stage) -> int:
    """In how many transactions the payments as they are now were written."""
    return int(stage.row("select count(distinct xmin::text) as n from payments.payment")["n"])


async def test_payments_that_are_opened_at_once_share_commits(stage: Stage) -> None:
    await asyncio.gather(*(stage.open(payable=an_order(uuid4())) for _ in range(MANY)))
    kept = stage.row("select count(*) as n, count(ticket) as handed_over from payments.payment")
    assert (kept["n"], kept["handed_over"]) == (MANY, MANY)
    assert stage.jobs() == ["poll_payment"] * MANY
    assert _commits(stage) < MANY // 2


async def test_callbacks_that_come_at_once_share_commits_and_each_has_its_effect(stage: Stage) -> None:
    orders, tap = await _told_later(stage)
    assert await _tell_all(stage, tap) == [204] * MANY
    assert _paid(stage) == set(orders)
    assert stage.notices() == [("applied", 1)] * MANY
    assert sorted(event.subject_id for event in stage.events() if isinstance(event, PaymentSucceeded)) == sorted(orders)
    assert stage.balances() == {"provider_clearing": MANY * PRICE, "merchant_escrow": -MANY * PRICE}
    assert stage.jobs() == []
    assert _commits(stage) < MANY // 2


async def test_money_that_does_not_fit_harms_nobody_beside_it(stage: Stage) -> None:
    orders, tap = await _told_later(stage, wrong=7)
    assert await _tell_all(stage, tap) == [409 if number == 7 else 204 for number in range(MANY)]
    assert _paid(stage) == {*orders} - {orders[7]}
    assert sorted(outcome for outcome, _ in stage.notices()) == ["applied"] * (MANY - 1) + ["mismatched"]
    assert len(stage.events()) == MANY - 1


async def test_a_number_that_paid_for_another_of_the_batch_harms_nobody_beside_it(stage: Stage) -> None:
    orders, tap = await _told_later(stage)
    taken = {"transaction_id": _transaction_of(stage, orders[20])}
    body = _rewritten(stage, tap.sent[21][1], **taken)
    tap.sent[21] = (_signed(stage, body), body)
    assert sorted(await _tell_all(stage, tap)) == [204] * (MANY - 1) + [409]
    assert len(_paid(stage)) == len(stage.events()) == MANY - 1
    assert _commits(stage) < MANY // 2, "nobody's payment was tried apart"


def _transaction_of(stage: Stage, order_id: UUID) -> str:
    number = stage.row(OF_ORDER, order_id, "wechat_jsapi")["out_trade_no"]
    [paid] = stage.sandbox.store.all("SELECT transaction_id FROM trade WHERE out_trade_no = ?", number)
    return str(paid["transaction_id"])


async def test_what_cannot_be_stored_is_told_again_and_harms_nobody_beside_it(stage: Stage) -> None:
    orders, tap = await _told_later(stage)
    stage.rows(f"alter table payments.entry add constraint broken check (subject_id <> '{orders[7]}') not valid")
    assert await _tell_all(stage, tap) == [500 if number == 7 else 204 for number in range(MANY)]
    assert _paid(stage) == {*orders} - {orders[7]}
    stage.rows("alter table payments.entry drop constraint broken")
    assert (await _post(stage, *tap.sent[7])).status_code == 204
    assert _paid(stage) == {*orders}
    assert len(stage.events()) == MANY


async def test_copies_among_others_are_counted_and_change_nothing(stage: Stage) -> None:
    orders, tap = await _told_later(stage)
    tap.sent = [sent for sent in tap.sent for _ in range(3)]
    assert await _tell_all(stage, tap) == [204] * 3 * MANY
    assert stage.notices() == [("applied", 3)] * MANY
    assert len(stage.events()) == MANY
    assert stage.balances() == {"provider_clearing": MANY * PRICE, "merchant_escrow": -MANY * PRICE}
    assert _paid(stage) == set(orders)
    assert _commits(stage) < MANY // 2, "a copy is known beside its original"


async def test_payments_that_are_told_under_one_number_of_a_notice_are_all_paid(stage: Stage) -> None:
    """Only a provider that is wrong would do that; the money is there all the same."""
    orders, tap = await _told_later(stage)
    first = json.loads(tap.sent[0][1])["id"]
    for number in (5, 6):
        body = json.dumps(json.loads(tap.sent[number][1]) | {"id": first}).encode()
        tap.sent[number] = (_signed(stage, body), body)
    assert await _tell_all(stage, tap) == [204] * MANY
    assert _paid(stage) == set(orders)
    assert len(stage.events()) == MANY
    assert sorted(stage.notices()) == [("applied", 1)] * (MANY - 3) + [("applied", 3)]


async def test_an_order_that_cannot_be_paid_harms_nobody_who_opens_beside_it(stage: Stage) -> None:
    closed = uuid4()
    state = await stage.payments.resolve_payment(payable=an_order(closed), close=True)
    assert state.status is PaymentStatus.CLOSED
    orders = [closed, *(uuid4() for _ in range(MANY))]
    results = await asyncio.gather(
        *(stage.open(payable=an_order(order_id)) for order_id in orders), return_exceptions=True
    )
    assert isinstance(results[0], PaymentNotOpen)
    assert not [result for result in results[1:] if isinstance(result, BaseException)]
    assert _orders(stage) == set(orders[1:])


@pytest.mark.parametrize("channel", ["wechat_jsapi", "wechat_h5"])
async def test_many_who_open_the_same_order_get_one_payment(stage: Stage, channel: str) -> None:
    others = [stage.open(channel, payable=an_order(uuid4())) for _ in range(MANY)]
    same = [stage.open(channel) for _ in range(MANY)]
    await asyncio.gather(*(wish for pair in zip(others, same, strict=True) for wish in pair))
    assert stage.payment(channel)["status"] == "pending"
    assert stage.row("select count(*) as n from payments.payment")["n"] == MANY + 1
