from abc import abstractmethod
from uuid import UUID

from chengtuan.modules.payments.facade.contracts import (
    AllowanceRequest,
    HandOver,
    Payable,
    PaymentRequest,
    PaymentState,
    RefundRequest,
)
from chengtuan.platform.facades import Facade, operation


class PaymentsFacade(Facade):
    """Money in and out, and its ledger. Amounts in fen."""

    module = "payments"

    @operation
    @abstractmethod
    async def open_payment(self, *, request: PaymentRequest) -> HandOver:
        """Let something be paid until the request expires; asking again gives the same payment.

        Raises PaymentNotOpen if it is paid or closed, PartnerUnavailable if the provider is silent.
        """

    @operation
    @abstractmethod
    async def resolve_payment(self, *, payable: Payable, close: bool) -> PaymentState:
        """Ask the provider how the payment of something stands; with `close`, make it unpayable if it is unpaid.

        After `close` the answer is never PENDING: money either arrived (and PaymentSucceeded was
        emitted) or cannot arrive any more. Raises PartnerUnavailable if that is not certain yet.
        """

    @operation
    @abstractmethod
    async def find_payment(self, *, payable: Payable) -> PaymentState:
        """How the payment of something stands as far as we know, without asking the provider."""

    @operation
    @abstractmethod
    async def request_refund(self, *, request: RefundRequest) -> None:
        """Return money of a payment as refund `request_id`.

        Idempotent per `request_id`; the outcome comes as RefundSucceeded or RefundAbnormal.
        Raises RefundTooLarge if not so much is left of what was paid for the subject.
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
    async def book_allowances(self, *, request: AllowanceRequest) -> None:
        """Book what the merchant, the platform or points added to something, and commissions on it: all or nothing.

        Idempotent per `request_id`. Money that was paid or returned is booked by this module itself.
        Raises AllowancesDiffer if this request was booked with other lines.
        """
