"""The facade's implementation: each operation is one use case."""

from datetime import datetime
from uuid import UUID

from chengtuan.modules.payments.context import Payments
from chengtuan.modules.payments.domain.payment import Channel
from chengtuan.modules.payments.facade import Allowance, HandOver, PaymentsFacade, PaymentState
from chengtuan.modules.payments.usecases.book_allowances import AllowanceRequest, book_allowances
from chengtuan.modules.payments.usecases.find_payment import find_payment
from chengtuan.modules.payments.usecases.open_payment import PaymentRequest, open_payment
from chengtuan.modules.payments.usecases.request_refund import RefundRequest, request_refund
from chengtuan.modules.payments.usecases.resolve_payment import resolve_payment
from chengtuan.modules.payments.usecases.retry_refund import retry_refund


class PaymentsBinding(PaymentsFacade):
    def __init__(self, ctx: Payments) -> None:
        self._ctx = ctx

    async def open_payment(
        self,
        *,
        request_id: UUID,
        order_id: UUID,
        order_number: str,
        merchant_id: UUID,
        user_id: UUID,
        amount_fen: int,
        description: str,
        channel: str,
        payer_openid: str | None,
        client_ip: str,
        return_url: str | None,
        expires_at: datetime,
    ) -> HandOver:
        request = PaymentRequest(
            request_id=request_id,
            order_id=order_id,
            order_number=order_number,
            merchant_id=merchant_id,
            user_id=user_id,
            amount_fen=amount_fen,
            description=description,
            channel=Channel(channel),
            payer_openid=payer_openid,
            client_ip=client_ip,
            return_url=return_url,
            expires_at=expires_at,
        )
        return await open_payment(self._ctx, request)

    async def resolve_payment(self, *, order_id: UUID, close: bool) -> PaymentState:
        return await resolve_payment(self._ctx, order_id=order_id, close=close)

    async def find_payment(self, *, order_id: UUID) -> PaymentState:
        return await find_payment(self._ctx, order_id)

    async def request_refund(
        self,
        *,
        request_id: UUID,
        payment_id: UUID | None,
        order_id: UUID,
        number: str,
        amount_fen: int,
        reason: str,
    ) -> None:
        request = RefundRequest(
            request_id=request_id,
            payment_id=payment_id,
            order_id=order_id,
            number=number,
            amount_fen=amount_fen,
            reason=reason,
        )
        await request_refund(self._ctx, request)

    async def retry_refund(self, *, request_id: UUID) -> None:
        await retry_refund(self._ctx, request_id)

    async def book_allowances(
        self, *, request_id: UUID, order_id: UUID, merchant_id: UUID, allowances: list[Allowance]
    ) -> None:
        request = AllowanceRequest(
            request_id=request_id, order_id=order_id, merchant_id=merchant_id, allowances=allowances
        )
        await book_allowances(self._ctx, request)
