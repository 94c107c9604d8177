from chengtuan.kernel.problems import Problem


class PaymentNotOpen(Problem):
    code = "payments/payment-not-open"
    status = 409
    title = "This can no longer be paid"


class RefundTooLarge(Problem):
    code = "payments/refund-too-large"
    status = 409
    title = "More would be returned than was paid for this"


class AllowancesDiffer(Problem):
    code = "payments/allowances-differ"
    status = 409
    title = "Other allowances were booked under this request"


class RefundNotFound(Problem):
    code = "payments/refund-not-found"
    status = 404
    title = "There is no such refund"


class RefundNotAbnormal(Problem):
    code = "payments/refund-not-abnormal"
    status = 409
    title = "This refund is on its way or done; nobody has to ask for it again"
