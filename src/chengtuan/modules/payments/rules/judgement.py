"""Whether what the provider says about money fits what we asked for."""

from collections.abc import Mapping
from enum import StrEnum

from chengtuan.gateways.wechat import RefundState, Transaction
from chengtuan.modules.payments.facade import PaymentStatus
from chengtuan.modules.payments.rules.payment import Channel, Payment
from chengtuan.modules.payments.rules.refund import Refund


class Outcome(StrEnum):
    """What became of a message from the provider."""

    APPLIED = "applied"
    REPEATED = "repeated"
    """Known already; nothing changed."""
    IGNORED = "ignored"
    """True, but nothing to do."""
    UNMATCHED = "unmatched"
    """About a number we do not know (yet)."""
    MISMATCHED = "mismatched"
    """About our number, but not what we asked for: a person has to look."""

    @property
    def accepted(self) -> bool:
        """Whether the provider may stop telling us."""
        return self not in (Outcome.UNMATCHED, Outcome.MISMATCHED)


def transaction_differences(
    payment: Payment, transaction: Transaction, appids: Mapping[Channel, str]
) -> dict[str, str]:
    """Every point in which a successful transaction is not the payment we opened; empty if it is."""
    expected: dict[str, tuple[object, object]] = {
        "amount_fen": (payment.amount_fen, transaction.amount_fen),
        "currency": ("CNY", transaction.currency),
        "appid": (appids[payment.channel], transaction.appid),
    }
    if payment.status is PaymentStatus.PAID:
        expected["transaction_id"] = (payment.transaction_id, transaction.transaction_id)
    differences = _unequal(expected)
    if payment.channel is Channel.JSAPI and payment.payer_openid != transaction.payer_openid:
        differences["payer"] = "somebody else paid"  # without the names: differences are logged
    return differences


def refund_differences(refund: Refund, state: RefundState) -> dict[str, str]:
    """Every point in which the provider's refund is not the one we asked for; empty if it is."""
    expected: dict[str, tuple[object, object]] = {
        "amount_fen": (refund.amount_fen, state.amount_fen),
        "total_fen": (refund.total_fen, state.total_fen),
        "out_trade_no": (refund.out_trade_no, state.out_trade_no),
    }
    return _unequal(expected)


def _unequal(expected: Mapping[str, tuple[object, object]]) -> dict[str, str]:
    return {
        name: f"expected {wanted!r}, the provider says {found!r}"
        for name, (wanted, found) in expected.items()
        if wanted != found
    }
