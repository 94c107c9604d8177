"""Which events trade acts on: of money, only what is paid for orders. All else is somebody else's to act on."""

from collections.abc import Sequence

from chengtuan.modules.catalog.facade import ProductChanged
from chengtuan.modules.payments.facade import PaymentSucceeded, RefundAbnormal, RefundSucceeded
from chengtuan.modules.trade.facade import ORDER_PURPOSE
from chengtuan.modules.trade.orders.moves.record_refund import record_refund_success
from chengtuan.modules.trade.paying.moves import confirm_payments
from chengtuan.modules.trade.refunds.moves import record_refund_trouble
from chengtuan.modules.trade.shelf.moves import update_listing
from chengtuan.platform.database import WriteSession
from chengtuan.platform.inbox import Subscriber, on, on_batch


def subscribers() -> list[Subscriber]:
    async def on_payments_succeeded(tx: WriteSession, events: Sequence[PaymentSucceeded]) -> None:
        if own := [event for event in events if _of_an_order(event)]:
            await confirm_payments(tx, own)

    async def on_refund_succeeded(tx: WriteSession, event: RefundSucceeded) -> None:
        if _of_an_order(event):
            await record_refund_success(tx, event)

    async def on_refund_abnormal(tx: WriteSession, event: RefundAbnormal) -> None:
        if _of_an_order(event):
            await record_refund_trouble(tx, event)

    return [
        on(ProductChanged, update_listing),
        on_batch(PaymentSucceeded, on_payments_succeeded),
        on(RefundSucceeded, on_refund_succeeded),
        on(RefundAbnormal, on_refund_abnormal),
    ]


def _of_an_order(event: PaymentSucceeded | RefundSucceeded | RefundAbnormal) -> bool:
    return event.purpose == ORDER_PURPOSE
