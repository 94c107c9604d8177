"""The names of the durable jobs of `payments`."""

SUBMIT_REFUND = "submit_refund"
FOLLOW_REFUND = "follow_refund"
CLOSE_OTHERS = "close_other_payments"
RECONCILE = "reconcile_day"
POLL = "poll_payment"
"""The kind of job that watches a pending payment; its ref is the payment's id."""
