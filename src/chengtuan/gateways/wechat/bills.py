"""The provider's daily bill of all payments and refunds (the type ALL), from its file to typed rows.

The file is CSV in UTF-8 with Chinese headings, every field behind a backtick: a header, a row per payment
or refund, a header of totals, the totals. Amounts are yuan with two decimals, fees with five.

Names of products are in it as merchants wrote them, quoted by nothing: with commas, backticks, line ends of every
kind. A row that cannot be read is kept as such, and spoils no other.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum

from chengtuan.kernel.calendar import instant_of
from chengtuan.kernel.clock import SHANGHAI

from .errors import BillDamaged

_YUAN = re.compile(r"(-?)(\d{1,12})(?:\.(\d{1,5}))?", re.ASCII)
_FINEST = 100_000
"""Parts of a yuan in five decimals."""
_NUMBER = re.compile(r"[0-9A-Za-z_\-|*@]{1,64}", re.ASCII)
_COUNT = re.compile(r"\d{1,12}", re.ASCII)
_TOTALS_BEGIN = "总交易单数"
_NAME, _ATTACH = "商品名称", "商户数据包"
"""Neighbouring columns of free text; we read neither."""
_NEEDED = (
    *("交易时间", "公众账号ID", "商户号", "微信订单号", "商户订单号", "交易状态", "货币种类", "微信退款单号"),
    *("商户退款单号", "退款状态", _NAME, _ATTACH, "手续费", "订单金额", "申请退款金额"),
)
_MOST_DAMAGED = 100
"""Rows. With more of them it is the file that is damaged, or its form is another one."""


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
class DamagedRow:
    """A row that cannot be read. `number` is ours, of the payment or refund, if at least that can be."""

    line: int
    number: str | None
    reason: str


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
    """`totals` are those that the file states; `counted` those of its readable rows."""

    rows: list[BillRow]
    totals: BillTotals
    damaged: list[DamagedRow] = field(default_factory=list)

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
    """Read the uncompressed file. Raises BillDamaged where the file as a whole cannot be read."""
    lines = content.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").split("\n")
    ends = [number for number, text in enumerate(lines) if text.startswith(_TOTALS_BEGIN)]
    if not ends or len(lines) < ends[-1] + 2:
        raise BillDamaged("the bill has no totals: it is cut off")
    end = ends[-1]  # a product's name may hold a line that looks like it
    head = lines[0].split(",")
    if missing := [name for name in _NEEDED if name not in head]:
        raise BillDamaged(f"the header names no {', '.join(missing)}")
    rows: list[BillRow] = []
    damaged: list[DamagedRow] = []
    for number, text in _records(lines[1:end]):
        source: Mapping[str, str] = {}
        try:
            source = _named(head, text)
            rows.append(_row(number, source))
        except (ValueError, KeyError) as error:
            damaged.append(DamagedRow(line=number, number=_number_of(source), reason=str(error)))
    if len(damaged) > _MOST_DAMAGED:
        raise BillDamaged(f"{len(damaged)} rows cannot be read; line {damaged[0].line}: {damaged[0].reason}")
    return TradeBill(rows=rows, totals=_totals(_total_fields(lines[end].split(","), lines[end + 1])), damaged=damaged)


def _records(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Rows with the number of their first line. A line without a backtick in front goes on with the name before."""
    begun: tuple[int, str] | None = None
    for number, text in enumerate(lines, start=2):
        if begun is None or text.startswith("`"):
            if begun is not None:
                yield begun
            begun = (number, text)
        else:
            begun = (begun[0], f"{begun[1]}\n{text}")
    if begun is not None:
        yield begun


def _named(head: Sequence[str], text: str) -> dict[str, str]:
    """A row by its headings. What there is too much of belongs to the free text, which is left out."""
    values = text.removeprefix("`").split(",`")
    before, behind = head.index(_NAME), len(head) - head.index(_ATTACH) - 1
    if len(values) < len(head) or not text.startswith("`"):
        raise ValueError(f"{len(values)} fields instead of {len(head)}")
    return dict(zip(head[:before], values, strict=False)) | dict(zip(head[-behind:], values[-behind:], strict=True))


def _number_of(source: Mapping[str, str]) -> str | None:
    name = "商户退款单号" if source.get("交易状态") == BillRowKind.REFUND else "商户订单号"
    value = source.get(name, "")
    return value if _NUMBER.fullmatch(value) else None


def _total_fields(head: Sequence[str], text: str) -> dict[str, str]:
    values = text.removeprefix("`").split(",`")
    if len(values) != len(head):
        raise BillDamaged(f"the totals: {len(values)} fields instead of {len(head)}")
    return dict(zip(head, values, strict=True))


def _row(number: int, source: Mapping[str, str]) -> BillRow:
    """Raises ValueError."""
    kind = BillRowKind(source["交易状态"])
    refund = kind is BillRowKind.REFUND
    _only_yuan(source["货币种类"])
    return BillRow(
        line=number,
        kind=kind,
        at=_instant(source["交易时间"]),
        mchid=source["商户号"],
        appid=source["公众账号ID"],
        transaction_id=_number(source["微信订单号"]),
        out_trade_no=_number(source["商户订单号"]),
        amount_fen=_scaled(source["申请退款金额" if refund else "订单金额"], 100),
        refund_id=_number(source["微信退款单号"]) if refund else None,
        out_refund_no=_number(source["商户退款单号"]) if refund else None,
        refund_status=source["退款状态"] if refund else None,
        fee_milli_fen=_scaled(source["手续费"], 100_000),
    )


def _instant(text: str) -> datetime:
    """A time such as 2026-06-01 12:00:00, in China's zone."""
    if len(text) != len("2026-06-01 12:00:00"):
        raise ValueError(f"{text!r} is no time")
    return instant_of(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI))


def _only_yuan(currency: str) -> None:
    if currency != "CNY":
        raise ValueError(f"the currency is {currency}")


def _totals(source: Mapping[str, str]) -> BillTotals:
    try:
        return BillTotals(
            rows=_count(source[_TOTALS_BEGIN]),
            paid_fen=_scaled(source["订单总金额"], 100),
            refunded_fen=_scaled(source["申请退款总金额"], 100),
            fee_milli_fen=_scaled(source["手续费总金额"], 100_000),
        )
    except (ValueError, KeyError) as error:
        raise BillDamaged(f"the totals: {error}") from error


def _count(text: str) -> int:
    if _COUNT.fullmatch(text) is None:
        raise ValueError(f"{text!r} is no count")
    return int(text)


def _number(text: str) -> str:
    if _NUMBER.fullmatch(text) is None:
        raise ValueError(f"{text!r} is no number")
    return text


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
