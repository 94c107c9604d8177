"""Which money counts? Decided by the provider's time of success, never by when we heard of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from chengtuan.kernel.money import Fen
from chengtuan.modules.trade.states import GroupStatus, OrderStatus


class PaymentVerdict(StrEnum):
    COUNTS = "counts"
    KNOWN = "known"
    """The same payment was taken before."""
    DUPLICATE = "duplicate"
    """The instalment was paid already, by another payment."""
    UNKNOWN_INSTALMENT = "unknown_instalment"
    """The order has no such instalment."""
    ORDER_CLOSED = "order_closed"
    AFTER_DEADLINE = "after_deadline"
    GROUP_ENDED = "group_ended"
    WRONG_AMOUNT = "wrong_amount"

    @property
    def returns_money(self) -> bool:
        return self not in (PaymentVerdict.COUNTS, PaymentVerdict.KNOWN)

    @property
    def ends_order(self) -> bool:
        """Whether an order that waits for this payment waits in vain; money that was not for it changes nothing."""
        return self in (PaymentVerdict.AFTER_DEADLINE, PaymentVerdict.GROUP_ENDED, PaymentVerdict.WRONG_AMOUNT)


class Money(Protocol):
    """A payment that somebody made, and the instalment of which order it names."""

    @property
    def payment_id(self) -> UUID: ...
    @property
    def subject_id(self) -> UUID: ...
    @property
    def instalment(self) -> int: ...
    @property
    def amount_fen(self) -> Fen: ...
    @property
    def paid_at(self) -> datetime: ...


class Part(Protocol):
    """An instalment; `payment_id` is the payment that counted for it."""

    @property
    def seq(self) -> int: ...
    @property
    def payable_fen(self) -> Fen: ...
    @property
    def payment_id(self) -> UUID | None: ...


class Bought(Protocol):
    """An order that may be paid."""

    @property
    def status(self) -> str: ...
    @property
    def group_id(self) -> UUID | None: ...
    @property
    def instalments(self) -> Sequence[Part]: ...


class Company(Protocol):
    """A group that an order belongs to; a draft has no deadline yet."""

    @property
    def status(self) -> str: ...
    @property
    def deadline(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Judged:
    """What a payment means. `completes`: with it, nothing of its order is left to pay."""

    verdict: PaymentVerdict
    completes: bool = False


def judge_payments(
    payments: Sequence[Money], orders: Mapping[UUID, Bought], groups: Mapping[UUID, Company]
) -> list[Judged]:
    """What each means, in their order: of two that name one instalment, the first counts.

    Raises KeyError for money of an order that is not among `orders`.
    """
    counted: dict[UUID, dict[int, UUID]] = {}
    judged = []
    for payment in payments:
        order = orders[payment.subject_id]
        paid = counted.setdefault(
            payment.subject_id, {part.seq: part.payment_id for part in order.instalments if part.payment_id}
        )
        verdict = _judge(payment, order, groups[order.group_id] if order.group_id else None, paid)
        if verdict is PaymentVerdict.COUNTS:
            paid[payment.instalment] = payment.payment_id
        completes = verdict is PaymentVerdict.COUNTS and len(paid) == len(order.instalments)
        judged.append(Judged(verdict, completes))
    return judged


def _judge(payment: Money, order: Bought, group: Company | None, paid: Mapping[int, UUID]) -> PaymentVerdict:
    named = next((part for part in order.instalments if part.seq == payment.instalment), None)
    return judge_payment(
        payment_id=payment.payment_id,
        amount_fen=payment.amount_fen,
        paid_at=payment.paid_at,
        order_status=order.status,
        counted_payment_id=paid.get(payment.instalment),
        payable_fen=named.payable_fen if named else None,
        group_status=group.status if group else None,
        deadline=group.deadline if group else None,
    )


def judge_payment(
    *,
    payment_id: UUID,
    amount_fen: Fen,
    paid_at: datetime,
    order_status: str,
    counted_payment_id: UUID | None,
    payable_fen: Fen | None,
    group_status: str | None,
    deadline: datetime | None,
) -> PaymentVerdict:
    """`payable_fen` is what the named instalment costs, `counted_payment_id` what paid it; None: there is none.

    `group_status` and `deadline` are None for an order without a group; a draft has no deadline yet.
    """
    if payable_fen is None:
        return PaymentVerdict.UNKNOWN_INSTALMENT
    if counted_payment_id is not None:
        return PaymentVerdict.KNOWN if counted_payment_id == payment_id else PaymentVerdict.DUPLICATE
    if order_status != OrderStatus.PENDING_PAYMENT:
        return PaymentVerdict.ORDER_CLOSED
    if amount_fen != payable_fen:
        return PaymentVerdict.WRONG_AMOUNT
    return _too_late(paid_at, group_status, deadline) or PaymentVerdict.COUNTS


def _too_late(paid_at: datetime, group_status: str | None, deadline: datetime | None) -> PaymentVerdict | None:
    if group_status in (GroupStatus.SUCCEEDED, GroupStatus.FAILED):
        return PaymentVerdict.GROUP_ENDED
    return PaymentVerdict.AFTER_DEADLINE if deadline is not None and paid_at >= deadline else None
