"""Problems that only routes answer with; those of the facade are beside it."""

from chengtuan.kernel.problems import Problem


class BillDayNotOver(Problem):
    code = "payments/bill-day-not-over"
    status = 409
    title = "The payment provider writes a day's bill only when the day is over"


class ReconciliationNotFound(Problem):
    code = "payments/reconciliation-not-found"
    status = 404
    title = "This day has not been reconciled"


class DifferenceNotFound(Problem):
    code = "payments/difference-not-found"
    status = 404
    title = "There is no such difference"


class DifferenceRepaired(Problem):
    code = "payments/difference-repaired"
    status = 409
    title = "This difference is gone; there is nothing to explain"
