"""The names of messaging's durable jobs."""

DELIVER_NOTICE = "deliver_notice"
"""ref: notice. Send a copy outside the inbox."""
