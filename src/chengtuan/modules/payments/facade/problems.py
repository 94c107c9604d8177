from chengtuan.kernel.problems import Problem


class PaymentNotOpen(Problem):
    code = "payments/payment-not-open"
    status = 409
    title = "This order can no longer be paid"


class RefundTooLarge(Problem):
    code = "payments/refund-too-large"
    status = 409
    title = "More would be returned than was paid"
