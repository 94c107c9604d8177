"""The facade's implementation: each operation is the use case of its name."""

from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.facade import PaymentsFacade
from chengtuan.modules.payments.usecases.book_allowances import book_allowances
from chengtuan.modules.payments.usecases.find_payment import find_payment
from chengtuan.modules.payments.usecases.open_payment import open_payment
from chengtuan.modules.payments.usecases.request_refund import request_refund
from chengtuan.modules.payments.usecases.resolve_payment import resolve_payment
from chengtuan.modules.payments.usecases.retry_refund import retry_refund
from chengtuan.platform.facades import implement


def facade_of(ctx: PaymentsContext) -> PaymentsFacade:
    return implement(
        PaymentsFacade,
        ctx,
        open_payment,
        resolve_payment,
        find_payment,
        request_refund,
        retry_refund,
        book_allowances,
    )
