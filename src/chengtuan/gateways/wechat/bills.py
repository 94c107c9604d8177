"""The provider's daily bill of all payments and refunds (the type ALL), from its file to typed rows.

The file is CSV in UTF-8 with Chinese headings, every field behind a backtick: a header, a row per payment
or refund, a header of totals, the totals. Amounts are yuan with two decimals, fees with five.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum

from chengtuan.kernel.clock import SHANGHAI

from .errors import BillDamaged

_YUAN = re.compile(r"(-?)(\d{1,12})(?:\.(\d{1,5}))?", re.ASCII)
_FINEST = 100_000
"""Parts of a yuan in five decimals."""
_TOTALS_BEGIN = "总交易单数"


class BillRowKind(StrEnum):
    PAYMENT = "SUCCESS"
    REFUND = "REFUND"


@dataclass(frozen=True, slots=True, kw_only=True)
class BillRow:
    """One payment or one refund. `line` counts from 1, the header being 1; numbers are as in our requests.

    `at` is when a payment succeeded, or when a refund was *accepted*: its success may be a later day's, and
    `refund_status` is what it was when the file was written (SUCCESS, PROCESSING, FAIL or CHANGE).
    `amount_fen` is the order's amount, or what of it was asked back. Fees are in 1/1000 fen, negative for refunds.
    """

    line: int
    kind: BillRowKind
    at: datetime
    mchid: str
    appid: str
    transaction_id: str
    out_trade_no: str
    amount_fen: int
    refund_id: str | None
    out_refund_no: str | None
    refund_status: str | None
    fee_milli_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BillTotals:
    """What the last line says, or what the rows add up to."""

    rows: int
    paid_fen: int
    refunded_fen: int
    fee_milli_fen: int

    def differences(self, other: "BillTotals") -> dict[str, tuple[int, int]]:
        """By name: ours, the other's."""
        pairs = {field.name: (getattr(self, field.name), getattr(other, field.name)) for field in fields(self)}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeBill:
    """`totals` are those that the file states; `counted` those of its rows."""

    rows: list[BillRow]
    totals: BillTotals

    @property
    def counted(self) -> BillTotals:
        def total(kind: BillRowKind) -> int:
            return sum(row.amount_fen for row in self.rows if row.kind is kind)

        return BillTotals(
            rows=len(self.rows),
            paid_fen=total(BillRowKind.PAYMENT),
            refunded_fen=total(BillRowKind.REFUND),
            fee_milli_fen=sum(row.fee_milli_fen for row in self.rows),
        )


EMPTY_BILL = TradeBill(rows=[], totals=BillTotals(rows=0, paid_fen=0, refunded_fen=0, fee_milli_fen=0))
"""Of a day on which nothing happened: the provider makes no file then."""


def read_trade_bill(content: bytes) -> TradeBill:
    """Read the uncompressed file. Raises BillDamaged, which names the line."""
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise BillDamaged("the bill is not UTF-8") from error
    ends = [number for number, text in enumerate(lines) if text.startswith(_TOTALS_BEGIN)]
    if len(ends) != 1 or len(lines) < ends[0] + 2:
        raise BillDamaged("the bill has no totals: it is cut off")
    end = ends[0]
    head = lines[0].split(",")
    rows = [_row(number, _named(number, head, text)) for number, text in enumerate(lines[1:end], start=2)]
    return TradeBill(rows=rows, totals=_totals(_named(end + 2, lines[end].split(","), lines[end + 1])))


def _named(number: int, head: Sequence[str], text: str) -> dict[str, str]:
    """A line by its headings. A product's name may hold a comma, but no comma followed by a backtick."""
    values = text.removeprefix("`").split(",`")
    if len(values) != len(head) or not text.startswith("`"):
        raise BillDamaged(f"line {number} has {len(values)} fields instead of {len(head)}")
    return dict(zip(head, values, strict=True))


def _row(number: int, source: Mapping[str, str]) -> BillRow:
    try:
        kind = BillRowKind(source["交易状态"])
        refund = kind is BillRowKind.REFUND
        _only_yuan(source["货币种类"])
        return BillRow(
            line=number,
            kind=kind,
            at=_instant(source["交易时间"]),
            mchid=source["商户号"],
            appid=source["公众账号ID"],
            transaction_id=source["微信订单号"],
            out_trade_no=source["商户订单号"],
            amount_fen=_scaled(source["申请退款金额" if refund else "订单金额"], 100),
            refund_id=source["微信退款单号"] if refund else None,
            out_refund_no=source["商户退款单号"] if refund else None,
            refund_status=source["退款状态"] if refund else None,
            fee_milli_fen=_scaled(source["手续费"], 100_000),
        )
    except (ValueError, KeyError) as error:
        raise BillDamaged(f"line {number}: {error}") from error


def _instant(text: str) -> datetime:
    """A time such as 2026-06-01 12:00:00, in China's zone."""
    if len(text) != len("2026-06-01 12:00:00"):
        raise ValueError(f"{text!r} is no time")
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def _only_yuan(currency: str) -> None:
    if currency != "CNY":
        raise ValueError(f"the currency is {currency}")


def _totals(source: Mapping[str, str]) -> BillTotals:
    try:
        return BillTotals(
            rows=int(source[_TOTALS_BEGIN]),
            paid_fen=_scaled(source["订单总金额"], 100),
            refunded_fen=_scaled(source["申请退款总金额"], 100),
            fee_milli_fen=_scaled(source["手续费总金额"], 100_000),
        )
    except (ValueError, KeyError) as error:
        raise BillDamaged(f"the totals: {error}") from error


def _scaled(yuan: str, units: int) -> int:
    """An amount in units of which a yuan has so many. Raises ValueError if it is none, or not whole."""
    match = _YUAN.fullmatch(yuan)
    if match is None:
        raise ValueError(f"{yuan!r} is no amount")
    sign, whole, part = match.groups()
    finest = int(whole) * _FINEST + int((part or "0").ljust(5, "0"))
    scaled, rest = divmod(finest, _FINEST // units)
    if rest:
        raise ValueError(f"{yuan!r} is too fine")
    return -scaled if sign else scaled
