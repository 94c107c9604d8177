"""A proven message from the provider, in the form in which it is kept."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from chengtuan.gateways.wechat import RefundNotice, Transaction, TransactionNotice


class NoticeKind(StrEnum):
    TRANSACTION = "transaction"
    REFUND = "refund"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """`subject` is our number: out_trade_no or out_refund_no. The same `notice_id` may come again.

    `content_sealed` is all that it says, encrypted: it names people.
    """

    notice_id: str
    kind: NoticeKind
    subject: str
    content_sealed: bytes


@dataclass(frozen=True, slots=True)
class Settlement:
    """A success that the provider told us, and the notice that said so, if it was one."""

    transaction: Transaction
    notice: Notice | None


Seal: TypeAlias = Callable[[Any], bytes]
"""Encrypts what JSON can hold."""


def notice_of(received: TransactionNotice | RefundNotice, seal: Seal) -> Notice:
    if isinstance(received, TransactionNotice):
        kind, subject = NoticeKind.TRANSACTION, received.transaction.out_trade_no
    else:
        kind, subject = NoticeKind.REFUND, received.refund.out_refund_no
    return Notice(
        notice_id=received.notice_id, kind=kind, subject=subject, content_sealed=seal(_plain(asdict(received)))
    )


def unreadable_notice(notice_id: str, kind: NoticeKind, reason: str, body: bytes, seal: Seal) -> Notice:
    """As the provider encrypted it, so that somebody with the key can look later."""
    return Notice(
        notice_id=notice_id,
        kind=kind,
        subject="",
        content_sealed=seal({"unreadable": reason, "body_base64": b64encode(body).decode()}),
    )


def _plain(value: Any) -> Any:
    """As JSON would have it; times in ISO 8601."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return value.isoformat() if isinstance(value, datetime) else value
