"""The daily bill: written by the sandbox in the partner's format, fetched, proved and read by our client."""

import contextlib
import gzip
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengtuan.gateways.sandbox import FaultKind
from chengtuan.gateways.wechat import (
    BillDamaged,
    BillNotReady,
    BillRowKind,
    BillTotals,
    NoBill,
    ProviderRefused,
    ProviderUnavailable,
)
from chengtuan.gateways.wechat.bills import read_trade_bill
from chengtuan.kernel.clock import SHANGHAI, MovableClock
from tests.gateways.stage import DESK, Stage, on_stage

DAY = date(2026, 11, 22)
"""The stage's clock begins at 16:00 of this day in China."""

# Lines as published in the partner's documentation and in issues of its users (numbers shortened).
PUBLISHED = (
    "\ufeff交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,"
    "货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,"
    "商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\n"
    "`2024-07-09 16:47:58,`wx1,`1579507281,`0,`,`4200002166,`5617363390,`oVg,`JSAPI,`REFUND,`OTHERS,`CNY,`0.00,`0.00,"
    '`5030270999,`5622435300,`50.00,`0.00,`ORIGINAL,`SUCCESS,`2024-06-28 18:30, 客户付款,`{"id":"1"},`-0.27000,'
    "`0.54%,`0.00,`50.00,`\n"
    "`2024-07-09 10:06:33,`wx1,`1579507281,`0,`,`4200002360,`5622334254,`oVg,`JSAPI,`SUCCESS,`OTHERS,`CNY,`60.00,`0.00,"
    "`0,`0,`0.00,`0.00,`,`,`客户付款,`,`0.32000,`0.54%,`60.00,`0.00,`\n"
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\n"
    "`2,`60.00,`50.00,`0.00,`0.05000,`60.00,`50.00\n"
)

NAMES = [
    "臍橙, 5 斤",
    "one\u2028two",
    "one\x85two\x0bthree\x0cfour",
    "one\ntwo",
    "one\r\n\r\ntwo,`three",
    "`quoted`",
    "總計\n总交易单数,应结订单总金额",
    "\u202egnp.exe",
    "\U0001f34a" * 60,
]


def _move(stage: Stage, *wall: int) -> None:
    """To a wall clock in China."""
    assert isinstance(stage.clock, MovableClock)
    stage.clock.move_to(datetime(*wall, tzinfo=SHANGHAI))  # type: ignore[arg-type,misc]


async def _sold(stage: Stage) -> tuple[str, str]:
    """A payment of 19.90 and a refund of 5.00 of it; the wall clock is after the bill's hour."""
    order = await stage.paid()
    await _refund(stage, order.out_trade_no, "R1", 500)
    stage.advance(2)
    await stage.sandbox.deliver_due()
    _move(stage, 2026, 11, 23, 10, 0)
    return order.out_trade_no, "R1"


async def _refund(stage: Stage, out_trade_no: str, number: str, amount_fen: int) -> None:
    await stage.pay.refund(
        out_trade_no=out_trade_no, out_refund_no=number, amount_fen=amount_fen, total_fen=1990, reason="x"
    )


async def _plant(stage: Stage, kind: str, **how: Any) -> None:
    answer = await stage.desk.post(f"/control/bills/{DAY}/differences", json={"kind": kind, **how})
    assert answer.status_code == 204


def test_a_published_bill_is_read() -> None:
    bill = read_trade_bill(PUBLISHED.encode())
    refund, payment = bill.rows
    assert (payment.kind, payment.out_trade_no, payment.amount_fen) == (BillRowKind.PAYMENT, "5622334254", 6000)
    assert payment.at == datetime(2024, 7, 9, 2, 6, 33, tzinfo=UTC)
    assert (payment.fee_milli_fen, payment.out_refund_no, payment.refund_status) == (32_000, None, None)
    assert (refund.kind, refund.out_refund_no, refund.refund_status) == (BillRowKind.REFUND, "5622435300", "SUCCESS")
    assert (refund.amount_fen, refund.fee_milli_fen, refund.line) == (5000, -27_000, 2)
    assert bill.totals == bill.counted == BillTotals(rows=2, paid_fen=6000, refunded_fen=5000, fee_milli_fen=5_000)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("`0.32000", "`0,32", "'0,32' is no amount"),
        ("`0.54%,`60.00", "`60.00", "26 fields"),
        ("`60.00,`0.00,`\n", "`60.001,`0.00,`\n", "'60.001' is too fine"),
        ("`SUCCESS,`OTHERS", "`REVOKED,`OTHERS", "'REVOKED'"),
        ("`CNY,`60.00", "`USD,`60.00", "the currency is USD"),
        ("2024-07-09 10:06:33", "2024-07-09", "'2024-07-09' is no time"),
        ("2024-07-09 10:06:33", "0001-01-01 00:00:00", "a time from"),
        ("`5622334254", "`5622\x0034254", "is no number"),
        ("`4200002360", f"`{'4' * 65}", "is no number"),
    ],
)
def test_a_damaged_row_spoils_no_other(old: str, new: str, complaint: str) -> None:
    assert old in PUBLISHED
    bill = read_trade_bill(PUBLISHED.replace(old, new).encode())
    assert [row.out_refund_no for row in bill.rows] == ["5622435300"]
    (damaged,) = bill.damaged
    assert damaged.line == 3
    assert complaint in damaged.reason
    legible = "5622" not in old and "fields" not in complaint
    assert damaged.number == ("5622334254" if legible else None)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("总交易单数", "总单数", "no totals"),
        ("`2,`60.00", "`two,`60.00", "the totals"),
        ("`2,`60.00", f"`{'9' * 30},`60.00", "the totals"),
        ("交易状态,", "状态,", "header names no 交易状态"),
    ],
)
def test_a_damaged_bill_says_where(old: str, new: str, complaint: str) -> None:
    assert old in PUBLISHED
    with pytest.raises(BillDamaged, match=complaint):
        read_trade_bill(PUBLISHED.replace(old, new).encode())


def test_a_file_whose_rows_are_all_damaged_is_damaged() -> None:
    row = PUBLISHED.splitlines(keepends=True)[2]
    with pytest.raises(BillDamaged, match="101 rows cannot be read; line 4"):
        read_trade_bill(PUBLISHED.replace(row, row + row.replace("CNY", "USD") * 101).encode())


@pytest.mark.parametrize("name", NAMES)
def test_a_bill_is_read_whatever_the_names_in_it(name: str) -> None:
    named = PUBLISHED.replace("`客户付款,`,", f"`{name},`{name},")
    bill = read_trade_bill(named.encode())
    assert bill.damaged == []
    assert [row.out_trade_no for row in bill.rows] == ["5617363390", "5622334254"]
    assert bill.totals == bill.counted


@given(st.text())
def test_a_bill_is_read_whatever_else_is_in_it(name: str) -> None:
    """The other row, always; and no name makes an error of another kind."""
    bill = read_trade_bill(PUBLISHED.replace("`客户付款,`,", f"`{name},`{name},").encode(errors="replace"))
    assert bill.rows[0].out_refund_no == "5622435300"


@given(st.binary(max_size=60), st.integers(0, len(PUBLISHED.encode())))
def test_nothing_in_a_bill_is_an_internal_error(noise: bytes, place: int) -> None:
    content = PUBLISHED.encode()
    with contextlib.suppress(BillDamaged):
        read_trade_bill(content[:place] + noise + content[place:])


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"\n", PUBLISHED.encode()[:300]])
def test_what_is_no_bill(content: bytes) -> None:
    with pytest.raises(BillDamaged):
        read_trade_bill(content)


async def test_the_days_bill_comes_as_rows(stage: Stage) -> None:
    number, refund_number = await _sold(stage)
    bill = await stage.pay.trade_bill(DAY)
    payment, refund = bill.rows
    trade = stage.sandbox.trades.get(number)
    assert (payment.out_trade_no, payment.amount_fen, payment.fee_milli_fen) == (number, 1990, 12_000)
    assert (payment.transaction_id, payment.mchid, payment.appid) == (
        trade["transaction_id"],
        stage.sandbox.credentials.mchid,
        trade["appid"],
    )
    assert (refund.out_refund_no, refund.amount_fen, refund.refund_status) == (refund_number, 500, "SUCCESS")
    assert refund.fee_milli_fen == -3_000
    assert bill.totals == bill.counted


async def test_a_day_ends_at_midnight_in_china(stage: Stage) -> None:
    _move(stage, 2026, 11, 22, 23, 59, 59)
    last = await stage.paid()
    stage.advance(1)
    first = await stage.paid()
    _move(stage, 2026, 11, 24, 10, 0)
    bills = [await stage.pay.trade_bill(DAY + timedelta(days=days)) for days in (0, 1)]
    assert [[row.out_trade_no for row in bill.rows] for bill in bills] == [[last.out_trade_no], [first.out_trade_no]]


async def test_a_refund_belongs_to_the_day_it_was_accepted_and_keeps_that_days_status(stage: Stage) -> None:
    order = await stage.paid()
    stage.arm(FaultKind.REFUND_DELAYED, seconds=3 * 24 * 3600)
    await _refund(stage, order.out_trade_no, "R1", 500)
    for days in (1, 4):
        _move(stage, 2026, 11, 22 + days, 10, 0)
        await stage.sandbox.deliver_due()
        assert [row.refund_status for row in (await stage.pay.trade_bill(DAY)).rows] == [None, "PROCESSING"]
    assert stage.sandbox.refunds.get("R1")["status"] == "SUCCESS"


async def test_when_there_is_no_bill(stage: Stage) -> None:
    await stage.paid()
    with pytest.raises(ProviderRefused, match="INVALID_REQUEST"):
        await stage.pay.trade_bill(DAY)
    _move(stage, 2026, 11, 23, 9, 59, 59)
    with pytest.raises(BillNotReady):
        await stage.pay.trade_bill(DAY)
    with pytest.raises(NoBill):
        await stage.pay.trade_bill(DAY - timedelta(days=1))
    stage.advance(1)
    assert len((await stage.pay.trade_bill(DAY)).rows) == 1
    _move(stage, 2027, 2, 21, 10, 0)
    with pytest.raises(ProviderRefused, match="INVALID_REQUEST"):
        await stage.pay.trade_bill(DAY)


@pytest.mark.parametrize(
    ("kind", "how", "rows"),
    [
        ("drop_row", {"number": "R1"}, [("T00000001", 1990)]),
        ("change_amount", {"number": "T00000001", "amount_fen": 1}, [("R1", 500), ("T00000001", 1)]),
        ("duplicate_row", {"number": "R1"}, [("T00000001", 1990), ("R1", 500), ("R1", 500)]),
        ("foreign_payment", {"number": "X1", "amount_fen": 7}, [("T00000001", 1990), ("R1", 500), ("X1", 7)]),
        ("foreign_refund", {"number": "X2", "amount_fen": 7}, [("T00000001", 1990), ("R1", 500), ("X2", 7)]),
        ("empty_bill", {}, []),
    ],
)
async def test_planted_differences(stage: Stage, kind: str, how: dict[str, Any], rows: list[tuple[str, int]]) -> None:
    await _sold(stage)
    await _plant(stage, kind, **how)
    bill = await stage.pay.trade_bill(DAY)
    assert [(row.out_refund_no or row.out_trade_no, row.amount_fen) for row in bill.rows] == rows
    assert bill.totals == bill.counted
    listed = (await stage.desk.get(f"/control/bills/{DAY}/differences")).json()["items"]
    assert [item["kind"] for item in listed] == [kind]
    await stage.desk.delete(f"/control/bills/{DAY}/differences")
    assert len((await stage.pay.trade_bill(DAY)).rows) == 2


async def test_wrong_totals_are_seen_and_a_status_can_be_changed(stage: Stage) -> None:
    await _sold(stage)
    await _plant(stage, "wrong_totals", amount_fen=100)
    await _plant(stage, "change_refund_status", number="R1", status="CHANGE")
    bill = await stage.pay.trade_bill(DAY)
    assert bill.totals.differences(bill.counted) == {"paid_fen": (2090, 1990)}
    assert [row.refund_status for row in bill.rows] == [None, "CHANGE"]


@pytest.mark.parametrize(("kind", "complaint"), [("wrong_hash", "announced"), ("cut_off", "totals|fields")])
async def test_a_bill_that_is_not_what_was_announced(stage: Stage, kind: str, complaint: str) -> None:
    await _sold(stage)
    await _plant(stage, kind)
    with pytest.raises(BillDamaged, match=complaint):
        await stage.pay.trade_bill(DAY)


@pytest.mark.parametrize("body", [{"kind": "nonsense"}, {"kind": "drop_row", "colour": "red"}, {}])
async def test_a_plant_of_another_form(stage: Stage, body: dict[str, Any]) -> None:
    assert (await stage.desk.post(f"/control/bills/{DAY}/differences", json=body)).status_code == 400
    assert (await stage.desk.post("/control/bills/today/differences", json={"kind": "empty_bill"})).status_code == 400


async def test_the_link_is_for_our_merchant_and_for_five_minutes(stage: Stage) -> None:
    await _sold(stage)
    links: list[httpx.URL] = []

    async def watch(response: httpx.Response) -> None:
        if response.url.path.endswith("/file"):
            links.append(response.url)

    stage.http.event_hooks["response"].append(watch)
    await stage.pay.trade_bill(DAY)
    assert (await stage.http.get(str(links[0]))).status_code == 401
    stage.advance(301)
    with pytest.raises(ProviderUnavailable, match="400"):
        await stage.pay._transport.download(links[0].raw_path.decode())


async def test_only_the_path_of_a_link_is_followed(data_dir: Path) -> None:
    """Our signature is never sent to a host that an answer names."""
    asked: list[str] = []
    async with on_stage(data_dir) as stage:
        await _sold(stage)
        inner = stage.http._transport

        class Elsewhere(httpx.AsyncBaseTransport):
            async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
                asked.append(request.url.host)
                request.headers["host"] = "elsewhere.test"
                return await inner.handle_async_request(request)

        stage.http._transport = Elsewhere()
        assert len((await stage.pay.trade_bill(DAY)).rows) == 2
    assert set(asked) == {httpx.URL(DESK).host}


async def test_a_bill_is_bounded(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    await _sold(stage)
    monkeypatch.setattr("chengtuan.gateways.wechat.pay._LARGEST_BILL", 100)
    with pytest.raises(BillDamaged, match="too large"):
        await stage.pay.trade_bill(DAY)


async def test_an_unpackable_bill(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    await _sold(stage)
    monkeypatch.setattr(gzip, "compress", lambda content: b"\x1f\x8b" + content)
    with pytest.raises(BillDamaged, match="unpacked"):
        await stage.pay.trade_bill(DAY)
