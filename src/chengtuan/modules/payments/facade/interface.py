from abc import abstractmethod
from datetime import datetime
from uuid import UUID

from chengtuan.modules.payments.facade.contracts import Allowance, HandOver, PaymentState
from chengtuan.platform.facades import Facade, operation


class PaymentsFacade(Facade):
    """Money in and out, and its ledger. Amounts in fen."""

    module = "payments"

    @operation
    @abstractmethod
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
        """Let an order be paid until `expires_at`; asking again gives the same payment.

        `merchant_id` is whose sale it is, `order_number` what people call the order: both stay in the books.

        `channel` is `wechat_h5` or `wechat_jsapi` (which needs `payer_openid`).
        Raises PaymentNotOpen if it is paid or closed, PartnerUnavailable if the provider is silent.
        """

    @operation
    @abstractmethod
    async def resolve_payment(self, *, order_id: UUID, close: bool) -> PaymentState:
        """Ask the provider how an order's payment stands; with `close`, make an unpaid one unpayable.

        After `close` the answer is never PENDING: money either arrived (and PaymentSucceeded was
        emitted) or cannot arrive any more. Raises PartnerUnavailable if that is not certain yet.
        """

    @operation
    @abstractmethod
    async def find_payment(self, *, order_id: UUID) -> PaymentState:
        """How an order's payment stands as far as we know, without asking the provider."""

    @operation
    @abstractmethod
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
        """Return money of an order's payment as refund `request_id`.

        `payment_id` None means the order's first payment.
        Idempotent per `request_id`; the outcome comes as RefundSucceeded or RefundAbnormal.
        `number` is the refund's own number, the same on every retry. Raises RefundTooLarge.
        """

    @operation
    @abstractmethod
    async def retry_refund(self, *, request_id: UUID) -> None:
        """Ask the provider about an abnormal refund now instead of at the next planned time.

        What it refused is submitted again; what it closed is submitted under the next number, beyond the
        automatic five as well; what is abnormal there is asked about, after staff decided at the merchant
        platform where the money goes. The outcome comes as RefundSucceeded, or as RefundAbnormal once more.
        Raises RefundNotFound, and RefundNotAbnormal if it is on its way (again) or done.
        """

    @operation
    @abstractmethod
    async def book_allowances(
        self, *, request_id: UUID, order_id: UUID, merchant_id: UUID, allowances: list[Allowance]
    ) -> None:
        """Book what the merchant, the platform or points added to an order, and commissions on it: all or nothing.

        Idempotent per `request_id`; lines of one kind add up. Money that was paid or returned is booked by
        this module itself. Raises AllowancesDiffer if this request was booked with other lines.
        """
