"""Callbacks: proven, recorded and applied before they are answered; lost, doubled or forged without harm."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from chengtuan.gateways.sandbox import FaultKind
from chengtuan.gateways.wechat.signatures import SealedText, seal, unseal
from chengtuan.modules.payments.facade import PaymentStatus, PaymentSucceeded, RefundSucceeded
from tests.modules.payments.stage import ORDER, PRICE, Stage

TRANSACTIONS = "/api/v1/payments/callbacks/wechat/transactions"
REFUNDS = "/api/v1/payments/callbacks/wechat/refunds"
CLEARED = {"provider_clearing": PRICE, "merchant_escrow": -PRICE}


class Tap:
    """Keeps what the provider sends to our callback address, as it was sent."""

    def __init__(self, stage: Stage) -> None:
        self.sent: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[httpx.Response] = []
        self.cut = False
        """Whether the wire to us is cut: what is sent is kept here, and does not arrive."""
        hooks = stage.sandbox.courier._http.event_hooks
        hooks["request"].append(self._keep)
        hooks["response"].append(self._answered)
        stage.sandbox.courier._http.event_hooks = hooks

    async def _keep(self, request: httpx.Request) -> None:
        headers = {name: value for name, value in request.headers.items() if name.startswith("wechatpay")}
        self.sent.append((headers, await request.aread()))
        if self.cut:
            raise httpx.ConnectError("cut", request=request)

    async def _answered(self, response: httpx.Response) -> None:
        await response.aread()
        self.answers.append(response)


async def _post(stage: Stage, headers: Mapping[str, str], body: bytes, address: str = TRANSACTIONS) -> httpx.Response:
    return await stage.shop.post(address, content=body, headers={**headers, "content-type": "application/json"})


@pytest.mark.parametrize("channel", ["wechat_jsapi", "wechat_h5"])
async def test_a_callback_makes_the_payment_paid(stage: Stage, channel: str) -> None:
    await stage.open(channel)
    stage.advance(20)
    assert await stage.press_pay(channel) == "paid"
    payment = stage.payment(channel)
    assert payment["status"] == "paid"
    assert payment["paid_at"] == stage.clock.now()
    assert stage.events() == [
        PaymentSucceeded(
            payment_id=payment["id"],
            purpose=ORDER,
            subject_id=stage.order_id,
            instalment=1,
            amount_fen=PRICE,
            paid_at=stage.clock.now(),
        )
    ]
    assert stage.balances() == CLEARED
    assert stage.notices() == [("applied", 1)]
    assert stage.jobs() == []


async def test_doubled_and_replayed_callbacks_change_nothing(stage: Stage) -> None:
    tap = Tap(stage)
    stage.arm(FaultKind.CALLBACK_DUPLICATED)
    await stage.paid()
    stage.advance(2)
    await stage.sandbox.deliver_due()
    replayed = await _post(stage, *tap.sent[0])
    assert [answer.status_code for answer in tap.answers] == [204, 204]
    assert replayed.status_code == 204
    assert stage.notices() == [("applied", 3)]
    assert len(stage.events()) == 1
    assert stage.balances() == CLEARED


async def test_a_lost_callback_is_found_by_polling(stage: Stage) -> None:
    stage.arm(FaultKind.CALLBACK_LOST)
    await stage.open()
    await stage.press_pay()
    await stage.run()
    assert stage.payment()["status"] == "pending"
    stage.advance(5)
    await stage.run()
    assert stage.payment()["status"] == "paid"
    assert len(stage.events()) == 1
    assert stage.notices() == []
    assert stage.jobs() == []


async def test_the_books_have_the_providers_time_and_not_ours(stage: Stage) -> None:
    """A payment belongs to the day of its success, a refund's end to its own, whenever we hear of them."""
    stage.arm(FaultKind.CALLBACK_LOST)
    await stage.open()
    paid_at = stage.clock.now()
    await stage.press_pay()
    stage.advance(5)
    await stage.run()
    stage.arm(FaultKind.CALLBACK_LOST)
    refund_id = await stage.refund()
    await stage.run()
    stage.advance(2)  # the sandbox's own pace
    succeeded_at = stage.clock.now()
    await stage.sandbox.deliver_due()
    stage.advance(5)
    await stage.run()
    assert (stage.payment()["paid_at"], stage.refund_row(refund_id)["succeeded_at"]) == (paid_at, succeeded_at)
    paid, returned = stage.events()
    assert isinstance(paid, PaymentSucceeded)
    assert isinstance(returned, RefundSucceeded)
    assert (paid.paid_at, returned.succeeded_at) == (paid_at, succeeded_at)


async def test_callback_and_poll_together_settle_once(stage: Stage) -> None:
    stage.arm(FaultKind.CALLBACK_DELAYED, seconds=5)
    await stage.open()
    await stage.press_pay()
    stage.advance(5)
    await stage.run()
    assert len(stage.events()) == 1
    assert stage.balances() == CLEARED


@pytest.mark.parametrize(
    "fault",
    [FaultKind.CALLBACK_BAD_SIGNATURE, FaultKind.CALLBACK_OLD_TIMESTAMP, FaultKind.CALLBACK_WRONG_MCHID],
)
async def test_what_is_not_proven_is_refused_and_changes_nothing(stage: Stage, fault: FaultKind) -> None:
    tap = Tap(stage)
    stage.arm(fault)
    await stage.open()
    await stage.press_pay()
    (answer,) = tap.answers
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "FAIL"
    assert stage.payment()["status"] == "pending"
    assert (stage.events(), stage.notices(), stage.balances()) == ([], [], {})
    stage.advance(15)
    await stage.sandbox.deliver_due()
    assert stage.payment()["status"] == "paid"


async def test_the_providers_probe_is_refused(stage: Stage) -> None:
    tap = Tap(stage)
    stage.arm(FaultKind.CALLBACK_PROBE)
    await stage.paid()
    assert [answer.status_code for answer in tap.answers] == [401, 204]


async def test_every_tampering_is_refused(stage: Stage) -> None:
    """Unchanged, this callback makes the payment paid; bent in any way, it leaves no trace."""
    tap = Tap(stage)
    tap.cut = True
    await stage.open()
    await stage.press_pay()
    headers, body = tap.sent[-1]
    content = json.loads(body)
    content["id"] = "another"
    bent = [
        (headers, json.dumps(content).encode()),
        (headers, body + b" "),
        (headers | {"wechatpay-serial": "PUB_KEY_ID_0"}, body),
        (headers | {"wechatpay-nonce": "x"}, body),
        (headers | {"wechatpay-timestamp": str(int(headers["wechatpay-timestamp"]) + 1)}, body),
        (headers | {"wechatpay-signature": ""}, body),
        ({}, body),
        (headers, b""),
        (headers, b"[]"),
    ]
    for tampered in bent:
        answer = await _post(stage, *tampered)
        assert answer.status_code == 401, tampered
        assert answer.json()["code"] == "FAIL"
    assert (stage.payment()["status"], stage.notices(), stage.events()) == ("pending", [], [])
    assert (await _post(stage, headers, body)).status_code == 204
    assert stage.payment()["status"] == "paid"


async def test_ten_copies_and_a_question_at_once_settle_once(stage: Stage) -> None:
    tap = Tap(stage)
    tap.cut = True
    await stage.open()
    await stage.press_pay()
    question = asyncio.ensure_future(stage.payments.resolve_payment(payable=stage.payable, close=True))
    answers = await asyncio.gather(*(_post(stage, *tap.sent[0]) for _ in range(10)))
    state = await question
    assert {answer.status_code for answer in answers} == {204}
    assert state.status is PaymentStatus.PAID
    assert stage.notices()[0][1] == 10
    assert len(stage.events()) == 1
    assert stage.balances() == CLEARED


async def test_a_true_callback_is_stale_after_five_minutes(stage: Stage) -> None:
    tap = Tap(stage)
    await stage.paid()
    stage.advance(301)
    assert (await _post(stage, *tap.sent[0])).status_code == 401


async def test_money_that_does_not_fit_is_kept_and_told_again(stage: Stage) -> None:
    tap = Tap(stage)
    stage.arm(FaultKind.CALLBACK_WRONG_AMOUNT)
    await stage.open()
    await stage.press_pay()
    assert [answer.status_code for answer in tap.answers] == [409]
    assert stage.payment()["status"] == "pending"
    assert stage.notices() == [("mismatched", 1)]
    assert stage.events() == []
    stage.advance(15)
    await stage.sandbox.deliver_due()
    assert stage.payment()["status"] == "paid"
    assert stage.notices() == [("applied", 2)]


async def test_an_unknown_number_is_kept_and_told_again(stage: Stage) -> None:
    """A callback that is answered 200 and forgotten would be money without an order."""
    tap = Tap(stage)
    await stage.open()
    row, share = stage.payment(), stage.share()
    stage.rows("delete from payments.payment_share; delete from payments.payment")
    number = row["out_trade_no"]
    await stage.desk.post("/desk/api/pay", json={"out_trade_no": number})
    await stage.sandbox.deliver_due()
    assert [answer.status_code for answer in tap.answers] == [404]
    assert tap.answers[0].json()["code"] == "FAIL"
    assert stage.notices() == [("unmatched", 1)]
    with psycopg.connect(stage.url) as connection:
        for table, lost in (("payment", row), ("payment_share", share)):
            values = ", ".join(["%s"] * len(lost))
            insert = f"insert into payments.{table} ({', '.join(lost)}) values ({values})"
            connection.execute(insert.encode(), list(lost.values()))
    stage.advance(15)
    await stage.sandbox.deliver_due()
    assert stage.payment()["status"] == "paid"
    assert stage.notices() == [("applied", 2)]


async def test_no_answer_without_a_commit(stage: Stage) -> None:
    """If storing fails, the provider hears of it and tells us again."""
    tap = Tap(stage)
    await stage.open()
    stage.rows("alter table payments.entry add constraint full_disk check (false) not valid")
    await stage.press_pay()
    assert [answer.status_code for answer in tap.answers] == [500]
    assert stage.payment()["status"] == "pending"
    assert stage.events() == []
    stage.rows("alter table payments.entry drop constraint full_disk")
    stage.advance(15)
    await stage.sandbox.deliver_due()
    assert stage.payment()["status"] == "paid"


async def test_late_money_is_recorded(stage: Stage) -> None:
    """Paid after we closed: the provider says so, so it is so."""
    await stage.open()
    stage.rows("update payments.payment set status = 'closed', closed_at = now()")
    await stage.press_pay()
    assert stage.payment()["status"] == "paid"
    assert len(stage.events()) == 1
    assert stage.balances() == CLEARED


async def test_an_order_paid_through_two_channels_is_told_twice(stage: Stage) -> None:
    await stage.open("wechat_jsapi")
    await stage.open("wechat_h5")
    assert await stage.press_pay("wechat_jsapi") == "paid"
    assert await stage.press_pay("wechat_h5") == "paid"
    payments = {event.payment_id for event in stage.events() if isinstance(event, PaymentSucceeded)}
    assert payments == {stage.payment("wechat_jsapi")["id"], stage.payment("wechat_h5")["id"]}
    assert stage.balances() == {"provider_clearing": 2 * PRICE, "merchant_escrow": -2 * PRICE}
    state = await stage.payments.find_payment(payable=stage.payable)
    assert (state.status, state.amount_fen) == (PaymentStatus.PAID, PRICE)


async def test_a_second_payment_nobody_told_us_of_is_found_when_it_cannot_be_closed(stage: Stage) -> None:
    await stage.open("wechat_jsapi")
    await stage.open("wechat_h5")
    stage.arm(FaultKind.CALLBACK_LOST)
    await stage.press_pay("wechat_h5")
    await stage.press_pay("wechat_jsapi")
    await stage.run()
    assert stage.payment("wechat_h5")["status"] == "paid"
    assert len(stage.events()) == 2


async def test_once_paid_the_other_channel_is_closed(stage: Stage) -> None:
    await stage.open("wechat_jsapi")
    await stage.open("wechat_h5")
    await stage.press_pay("wechat_jsapi")
    await stage.run()
    assert stage.payment("wechat_h5")["status"] == "closed"
    assert await stage.press_pay("wechat_h5") == "closed"
    assert len(stage.events()) == 1


def _signed(stage: Stage, body: bytes) -> dict[str, str]:
    return stage.sandbox.platform.headers(body, timestamp=stage.sandbox.time.stamp(), asked_serial=None)


def _opened(stage: Stage, body: bytes) -> dict[str, Any]:
    """What a notice says."""
    resource = json.loads(body)["resource"]
    sealed = SealedText(resource["nonce"], resource["associated_data"], resource["ciphertext"])
    opened = unseal(stage.sandbox.credentials.api_v3_key, sealed)
    assert opened is not None
    content: dict[str, Any] = json.loads(opened)
    return content


def _rewritten(stage: Stage, body: bytes, **changes: Any) -> bytes:
    """The same notice with another content, which only the platform could send."""
    envelope = json.loads(body)
    key, resource = stage.sandbox.credentials.api_v3_key, envelope["resource"]
    content = json.dumps(_opened(stage, body) | changes).encode()
    sealed = seal(key, content, nonce=resource["nonce"], associated_data=resource["associated_data"])
    return json.dumps(envelope | {"resource": resource | {"ciphertext": sealed.ciphertext}}).encode()


@pytest.mark.parametrize(
    "changes",
    [
        {"out_trade_no": "A\x00B"},
        {"attach": "\ud800"},
        {"success_time": "0001-01-01T00:00:00+14:00"},
        {"success_time": "9999-12-31T23:59:59-12:00"},
        {"transaction_id": "4" * 3000},
        {"payer": "o-lin"},
        {"amount": {"total": 10**30, "currency": "CNY"}},
    ],
    ids=lambda changes: str(changes)[:50],
)
async def test_a_proven_callback_that_cannot_be_read_is_kept_for_a_person(
    stage: Stage, changes: dict[str, Any]
) -> None:
    tap = Tap(stage)
    tap.cut = True
    await stage.open()
    await stage.press_pay()
    body = _rewritten(stage, tap.sent[0][1], **changes)
    answer = await _post(stage, _signed(stage, body), body)
    assert (answer.status_code, answer.json()["code"]) == (409, "FAIL")
    assert (stage.payment()["status"], stage.notices(), stage.events()) == ("pending", [("mismatched", 1)], [])
    assert (await _post(stage, *tap.sent[0])).status_code == 204, "the true one, told again under the same number"
    assert stage.notices() == [("applied", 2)]


async def test_a_transaction_that_paid_for_something_else_is_kept_for_a_person(stage: Stage) -> None:
    tap = Tap(stage)
    await stage.paid()
    first = stage.payment()
    stage.order_id = uuid4()
    tap.cut = True
    await stage.open()
    await stage.press_pay()
    body = _rewritten(stage, tap.sent[-1][1], transaction_id=first["transaction_id"])
    answer = await _post(stage, _signed(stage, body), body)
    assert answer.status_code == 409
    assert stage.payment()["status"] == "pending"
    assert sorted(stage.notices()) == [("applied", 1), ("mismatched", 1)]
    assert stage.balances() == CLEARED


async def test_a_refund_under_the_number_of_another_is_kept_for_a_person(stage: Stage) -> None:
    """The provider's number stands for one refund: two of ours with it would be money that went back once."""
    tap = Tap(stage)
    refunds = []
    for _ in range(2):
        stage.order_id = uuid4()
        await stage.paid()
        refunds.append(await stage.refund())
    tap.cut = True
    await stage.run()
    stage.advance(2)
    await stage.sandbox.deliver_due()
    told = tap.sent[-1][1]
    numbers = {stage.refund_row(refund)["number"]: refund for refund in refunds}
    mine = numbers.pop(_opened(stage, told)["out_refund_no"])
    body = _rewritten(stage, told, refund_id=stage.refund_row(*numbers.values())["provider_refund_id"])
    answer = await _post(stage, _signed(stage, body), body, REFUNDS)
    assert (answer.status_code, stage.notices()[-1]) == (409, ("mismatched", 1))
    assert stage.refund_row(mine)["status"] == "submitted"
