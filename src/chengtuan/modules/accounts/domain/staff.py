"""Members of staff: how they are called and how often a password may be tried."""

from datetime import timedelta

from chengtuan.platform.rate_limit import RateLimit

_PERIOD = timedelta(minutes=15)


def per_login(burst: int) -> RateLimit:
    """Passwords tried for one login, wherever they come from."""
    return RateLimit("staff_login", burst, _PERIOD)


def per_address(burst: int) -> RateLimit:
    """Passwords tried from one client address, whatever the logins are."""
    return RateLimit("staff_address", burst, _PERIOD)


def normal_login(login: str) -> str:
    """Logins are compared without regard to case and white space around them."""
    return login.strip().casefold()
