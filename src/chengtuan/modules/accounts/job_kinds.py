"""Names of the jobs of `accounts` that a use case schedules."""

DELIVER_PHONE_CODE = "deliver_phone_code"
