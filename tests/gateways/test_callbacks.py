"""Notices: proven or refused, in every key mode, whatever the partner does with them."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from chengtuan.gateways.sandbox import FaultKind, SigningMode
from chengtuan.gateways.sandbox.notices import RETRY_DELAYS_S
from chengtuan.gateways.wechat import CallbackRejected, TransactionNotice, WeChatPay
from chengtuan.gateways.wechat.signatures import lines, load_private_key, seal, sign
from tests.gateways.stage import Stage, on_stage, pay_config

Headers = dict[str, str]


@pytest.fixture(params=[True, False], ids=["public-key", "certificate"])
async def either(request: pytest.FixtureRequest, data_dir: Path) -> AsyncIterator[Stage]:
    """A merchant in public-key mode, and one in certificate mode."""
    async with on_stage(data_dir, public_key=request.param) as stage:
        if not request.param:
            stage.sandbox.use_signing(SigningMode.CERTIFICATE)
        yield stage


async def _captured(stage: Stage) -> tuple[Headers, bytes]:
    await stage.paid()
    return stage.shop.raw[-1]


async def _reject(stage: Stage, headers: Headers, body: bytes) -> str:
    with pytest.raises(CallbackRejected) as rejected:
        await stage.pay.verify_and_decrypt_callback(headers, body)
    return rejected.value.reason


async def test_a_true_notice_is_accepted(either: Stage) -> None:
    headers, body = await _captured(either)
    notice = await either.pay.verify_and_decrypt_callback(headers, body)
    assert isinstance(notice, TransactionNotice)
    assert notice.transaction.amount_fen == 1990


def _flip_body(headers: Headers, body: bytes) -> tuple[Headers, bytes]:
    return headers, body.replace(b"TRANSACTION.SUCCESS", b"TRANSACTION.SUCCESZ")


def _pretty_body(headers: Headers, body: bytes) -> tuple[Headers, bytes]:
    return headers, json.dumps(json.loads(body), indent=1).encode()


def _set(name: str, value: str) -> Callable[[Headers, bytes], tuple[Headers, bytes]]:
    return lambda headers, body: (headers | {name: value}, body)


def _drop(name: str) -> Callable[[Headers, bytes], tuple[Headers, bytes]]:
    return lambda headers, body: ({k: v for k, v in headers.items() if k != name}, body)


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(_flip_body, id="tampered body"),
        pytest.param(_pretty_body, id="same JSON, other bytes"),
        pytest.param(_set("wechatpay-signature", "AAAA"), id="other signature"),
        pytest.param(_set("wechatpay-signature", "not base64 ü"), id="signature that is none"),
        pytest.param(_set("wechatpay-signature", "WECHATPAY/SIGNTEST/abc"), id="probe"),
        pytest.param(_set("wechatpay-nonce", "0" * 32), id="other nonce"),
        pytest.param(_set("wechatpay-timestamp", "1790000000"), id="old timestamp"),
        pytest.param(_set("wechatpay-timestamp", "yesterday"), id="timestamp that is none"),
        pytest.param(_set("wechatpay-timestamp", "9" * 400), id="endless timestamp"),
        pytest.param(_set("wechatpay-serial", "0123456789ABCDEF"), id="unknown serial"),
        pytest.param(_set("wechatpay-serial", "PUB_KEY_ID_OF_SOMEBODY"), id="unknown key id"),
        pytest.param(_set("wechatpay-signature-type", "WECHATPAY2-SM2-WITH-SM3"), id="unknown scheme"),
        pytest.param(_drop("wechatpay-signature"), id="unsigned"),
        pytest.param(_drop("wechatpay-serial"), id="no serial"),
        pytest.param(_drop("wechatpay-nonce"), id="no nonce"),
        pytest.param(_drop("wechatpay-timestamp"), id="no timestamp"),
    ],
)
async def test_forgeries_are_refused(either: Stage, forge: Callable[[Headers, bytes], tuple[Headers, bytes]]) -> None:
    await _reject(either, *forge(*await _captured(either)))


async def test_five_minutes_and_not_one_second_more(stage: Stage) -> None:
    headers, body = await _captured(stage)
    stage.advance(300)
    await stage.pay.verify_and_decrypt_callback(headers, body)
    stage.advance(1)
    assert "too far" in await _reject(stage, headers, body)


async def test_headers_of_any_case_are_understood(stage: Stage) -> None:
    headers, body = await _captured(stage)
    await stage.pay.verify_and_decrypt_callback({k.upper(): v for k, v in headers.items()}, body)


async def test_a_key_of_the_right_id_must_also_be_the_right_key(stage: Stage) -> None:
    """Signed by the merchant's own key: a thief of our key is still not WeChat."""
    headers, body = await _captured(stage)
    key = load_private_key(pay_config(stage.sandbox).private_key_pem)
    text = lines(headers["wechatpay-timestamp"], headers["wechatpay-nonce"], body)
    assert "does not fit" in await _reject(stage, headers | {"wechatpay-signature": sign(key, text)}, body)


def _resigned(stage: Stage, envelope: dict[str, Any]) -> tuple[Headers, bytes]:
    """What only the platform could send: properly signed, whatever is inside."""
    body = json.dumps(envelope).encode()
    stamp = stage.sandbox.time.stamp()
    return stage.sandbox.platform.headers(body, timestamp=stamp, asked_serial=None), body


async def _content(stage: Stage, **changes: Any) -> tuple[Headers, bytes]:
    _, body = await _captured(stage)
    trade = stage.sandbox.trades.wire(stage.sandbox.trades.get("T00000001")) | changes
    sealed = seal(
        stage.sandbox.credentials.api_v3_key,
        json.dumps(trade).encode(),
        nonce="abcdefabcdef",
        associated_data="transaction",
    )
    envelope = json.loads(body)
    envelope["resource"] |= {
        "ciphertext": sealed.ciphertext,
        "nonce": sealed.nonce,
        "associated_data": sealed.associated_data,
    }
    return _resigned(stage, envelope)


@pytest.mark.parametrize(
    "changes",
    [
        {"mchid": "1900000000"},
        {"appid": "wx0000000000000000"},
        {"amount": {"total": 1990, "currency": "USD"}},
        {"amount": {"total": 19.9, "currency": "CNY"}},
        {"amount": {"total": True, "currency": "CNY"}},
        {"amount": {"total": -1, "currency": "CNY"}},
        {"amount": {"total": "1990", "currency": "CNY"}},
        {"amount": {"currency": "CNY"}},
        {"amount": None},
        {"transaction_id": ""},
        {"success_time": "2026-11-22T16:00:00"},
        {"success_time": None},
        {"trade_state": "SUCCESSFUL"},
    ],
)
async def test_signed_but_odd_contents_are_refused(stage: Stage, changes: dict[str, Any]) -> None:
    await _reject(stage, *await _content(stage, **changes))


async def test_the_unchanged_content_passes_that_way(stage: Stage) -> None:
    """The control of the test above: what it builds is accepted when nothing is odd."""
    await stage.pay.verify_and_decrypt_callback(*await _content(stage))


@pytest.mark.parametrize("name", ["ciphertext", "nonce", "associated_data", "algorithm"])
async def test_a_tampered_resource_cannot_be_opened(stage: Stage, name: str) -> None:
    _, body = await _captured(stage)
    envelope = json.loads(body)
    value = envelope["resource"][name]
    envelope["resource"][name] = ("A" if value[0] != "A" else "B") + value[1:]
    await _reject(stage, *_resigned(stage, envelope))


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff\xfe", b"[" * 100_000, b'{"id": 1}'])
async def test_signed_nonsense_is_refused(stage: Stage, body: bytes) -> None:
    headers = stage.sandbox.platform.headers(body, timestamp=stage.sandbox.time.stamp(), asked_serial=None)
    await _reject(stage, headers, body)


async def test_the_mixed_week(stage: Stage) -> None:
    """While a merchant switches over, notices come with the key and with a certificate in turn."""
    stage.sandbox.use_signing(SigningMode.MIXED)
    for _ in range(4):
        await stage.paid()
    assert len(stage.shop.accepted) == 4
    serials = {headers["wechatpay-serial"] for headers, _ in stage.shop.raw}
    assert len(serials) == 2


async def test_a_rotated_certificate_is_fetched(data_dir: Path) -> None:
    """The first notice after a rotation is not lost, and what the older one signed still passes."""
    async with on_stage(data_dir, public_key=False) as stage:
        stage.sandbox.use_signing(SigningMode.CERTIFICATE)
        older = await _captured(stage)
        serial = (await stage.desk.post("/control/rotate-certificate")).json()["serial"]
        await stage.paid()
        assert stage.shop.raw[-1][0]["wechatpay-serial"] == serial != older[0]["wechatpay-serial"]
        assert (len(stage.shop.accepted), stage.shop.rejected) == (2, [])
        await stage.pay.verify_and_decrypt_callback(*older)


async def test_without_a_public_key_nothing_signed_by_it_passes(data_dir: Path) -> None:
    """The control: a merchant that was never given the key cannot trust it."""
    async with on_stage(data_dir, public_key=False) as stage:
        await stage.paid()
        assert stage.shop.rejected == ["no platform key of this serial number"]


async def test_forged_serials_cause_one_download(data_dir: Path) -> None:
    async with on_stage(data_dir, public_key=False) as stage:
        stage.sandbox.use_signing(SigningMode.CERTIFICATE)
        headers, body = await _captured(stage)
        asked: list[str] = []

        async def count(request: Any) -> None:
            asked.append(request.url.path)

        stage.http.event_hooks["request"].append(count)
        for index in range(20):
            await _reject(stage, headers | {"wechatpay-serial": f"{index:040X}"}, body)
        assert asked == ["/v3/certificates"]


async def test_a_lost_notice_never_comes(stage: Stage) -> None:
    stage.arm(FaultKind.CALLBACK_LOST)
    order = await stage.paid()
    stage.advance(25 * 3600)
    await stage.sandbox.deliver_due()
    assert not stage.shop.raw
    assert (await stage.pay.query_by_out_trade_no(order.out_trade_no)).paid


async def test_a_notice_comes_twice(stage: Stage) -> None:
    stage.arm(FaultKind.CALLBACK_DUPLICATED)
    await stage.paid()
    stage.advance(1)
    await stage.sandbox.deliver_due()
    first, second = stage.shop.accepted
    assert first.notice_id == second.notice_id


async def test_a_notice_is_delayed(stage: Stage) -> None:
    stage.arm(FaultKind.CALLBACK_DELAYED, seconds=600)
    await stage.paid()
    assert not stage.shop.raw
    stage.advance(600)
    await stage.sandbox.deliver_due()
    assert len(stage.shop.accepted) == 1


async def test_notices_overtake_each_other(stage: Stage) -> None:
    stage.arm(FaultKind.CALLBACK_OUT_OF_ORDER)
    older, younger = await stage.paid(), await stage.paid()
    numbers = [notice.transaction.out_trade_no for notice in stage.shop.accepted]  # type: ignore[union-attr]
    assert numbers == [younger.out_trade_no, older.out_trade_no]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (FaultKind.CALLBACK_BAD_SIGNATURE, "does not fit"),
        (FaultKind.CALLBACK_OLD_TIMESTAMP, "too far"),
        (FaultKind.CALLBACK_WRONG_MCHID, "another merchant"),
    ],
)
async def test_a_false_attempt_is_refused_and_followed_by_a_true_one(
    stage: Stage, kind: FaultKind, reason: str
) -> None:
    stage.arm(kind)
    await stage.paid()
    assert reason in stage.shop.rejected[0]
    assert not stage.shop.accepted
    stage.advance(15)
    await stage.sandbox.deliver_due()
    assert len(stage.shop.accepted) == 1


async def test_a_probe_gets_its_refusal(stage: Stage) -> None:
    stage.arm(FaultKind.CALLBACK_PROBE)
    await stage.paid()
    assert stage.shop.rejected == ["a signature probe"]
    assert len(stage.shop.accepted) == 1


async def test_a_wrong_amount_is_told_as_it_is(stage: Stage) -> None:
    """Only the caller knows the order, so the typed amount must reach it unchanged."""
    stage.arm(FaultKind.CALLBACK_WRONG_AMOUNT)
    await stage.paid(1990)
    assert stage.shop.accepted[0].transaction.amount_fen == 1991  # type: ignore[union-attr]


async def test_the_schedule_of_repetitions(stage: Stage) -> None:
    """15 s … 6 h, fifteen times, 24 h 4 min in all; then the partner gives up."""
    assert sum(RETRY_DELAYS_S) == 24 * 3600 + 4 * 60
    stage.shop.down = 1000
    await stage.paid()
    for attempt, delay_s in enumerate(RETRY_DELAYS_S, start=1):
        stage.advance(delay_s - 1)
        await stage.sandbox.deliver_due()
        assert len(stage.shop.raw) == attempt, "not before its time"
        stage.advance(1)
        await stage.sandbox.deliver_due()
        assert len(stage.shop.raw) == attempt + 1
    stage.advance(7 * 24 * 3600)
    await stage.sandbox.deliver_due()
    assert len(stage.shop.raw) == len(RETRY_DELAYS_S) + 1
    [notice] = (await stage.desk.get("/desk/api/ledger")).json()["notices"]
    assert notice["status"] == "exhausted"


async def test_an_accepted_notice_is_not_repeated(stage: Stage) -> None:
    stage.shop.down = 2
    await stage.paid()
    stage.advance(24 * 3600)
    for _ in range(5):
        await stage.sandbox.deliver_due()
        stage.advance(3600)
    assert (len(stage.shop.raw), len(stage.shop.accepted)) == (3, 1)


async def test_notices_come_by_themselves(data_dir: Path) -> None:
    """Nobody calls deliver_due here: the sandbox's own task does its work."""
    async with on_stage(data_dir, poll_s=0.02, refund_delay_s=0.0, retry_scale=0.0001) as stage:
        stage.shop.down = 1
        order = stage.order()
        await stage.pay.jsapi_order(order)
        await stage.desk.post("/desk/api/pay", json={"out_trade_no": order.out_trade_no})
        await stage.pay.refund(
            out_trade_no=order.out_trade_no,
            out_refund_no="R1",
            amount_fen=1990,
            total_fen=1990,
            reason="test",
        )
        async with asyncio.timeout(5):
            while len(stage.shop.accepted) < 2:
                stage.advance(1)
                await asyncio.sleep(0.01)


async def test_another_api_key_opens_nothing(stage: Stage) -> None:
    headers, body = await _captured(stage)
    config = pay_config(stage.sandbox)
    fields = {name: getattr(config, name) for name in config.__slots__} | {"api_v3_key": "0" * 32}
    other = WeChatPay(type(config)(**fields), stage.http, stage.clock)
    with pytest.raises(CallbackRejected, match="decrypted"):
        await other.verify_and_decrypt_callback(headers, body)
