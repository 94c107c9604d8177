"""Members of staff: how they are called and how often a password may be tried."""

from datetime import timedelta

from chengtuan.platform.rate_limit import RateLimit

ROLES = ("merchant_owner", "platform_admin")
PER_LOGIN = RateLimit("staff_login", 10, timedelta(minutes=15))
PER_ADDRESS = RateLimit("staff_address", 50, timedelta(minutes=15))


def normal_login(login: str) -> str:
    """Logins are compared without regard to case and white space around them."""
    return login.strip().casefold()
