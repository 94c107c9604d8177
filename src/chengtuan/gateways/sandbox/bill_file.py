"""The partner's bill as a file: its headings, its backticks, its decimals."""

from dataclasses import dataclass, replace
from datetime import datetime

from chengtuan.kernel.clock import SHANGHAI

_HEAD = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,"
    "手续费,费率,订单金额,申请退款金额,费率备注"
)
_TOTALS_HEAD = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
_BOM = "\ufeff"
_FEE_PER_10000 = 60
"""0.60 %, what most small shops pay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """A payment or, with its own numbers, a refund. `at` is in seconds since 1970, amounts are fen."""

    at: float
    appid: str
    mchid: str
    transaction_id: str
    out_trade_no: str
    openid: str
    trade_type: str
    description: str
    attach: str
    amount_fen: int
    refund_id: str | None = None
    out_refund_no: str | None = None
    refund_status: str | None = None

    @property
    def number(self) -> str:
        return self.out_refund_no or self.out_trade_no

    @property
    def fee_fen(self) -> int:
        """Rounded half up to the fen; what was taken for a payment comes back with its refund."""
        fee = (self.amount_fen * _FEE_PER_10000 + 5000) // 10000
        return -fee if self.out_refund_no else fee

    def with_amount(self, amount_fen: int) -> "FileRow":
        return replace(self, amount_fen=amount_fen)


def bill_file(rows: list[FileRow], *, extra_in_totals_fen: int = 0) -> bytes:
    """The whole file; `extra_in_totals_fen` makes its last line wrong."""
    lines = [_HEAD, *(_quoted(_fields(row)) for row in rows), _TOTALS_HEAD, _totals(rows, extra_in_totals_fen)]
    return (_BOM + "".join(line + "\r\n" for line in lines)).encode()


def _fields(row: FileRow) -> list[str]:
    refund = row.out_refund_no is not None
    paid, returned = (0, row.amount_fen) if refund else (row.amount_fen, 0)
    return [
        datetime.fromtimestamp(int(row.at), SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
        *(row.appid, row.mchid, "0", "", row.transaction_id, row.out_trade_no, row.openid, row.trade_type),
        *("REFUND" if refund else "SUCCESS", "OTHERS", "CNY", _yuan(paid), "0.00"),
        *(row.refund_id or "0", row.out_refund_no or "0", _yuan(returned), "0.00"),
        *("ORIGINAL" if refund else "", row.refund_status or "", row.description, row.attach),
        *(f"{_yuan(row.fee_fen)}000", f"{_FEE_PER_10000 / 100:.2f}%", _yuan(paid), _yuan(returned), ""),
    ]


def _totals(rows: list[FileRow], extra_fen: int) -> str:
    paid = sum(row.amount_fen for row in rows if not row.out_refund_no) + extra_fen
    returned = sum(row.amount_fen for row in rows if row.out_refund_no)
    fees = sum(row.fee_fen for row in rows)
    amounts = [_yuan(paid), _yuan(returned), "0.00", f"{_yuan(fees)}000", _yuan(paid), _yuan(returned)]
    return _quoted([str(len(rows)), *amounts])


def _quoted(fields: list[str]) -> str:
    return ",".join(f"`{field}" for field in fields)


def _yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02}"
