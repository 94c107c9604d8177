"""How often somebody unknown may try before their device has to work for the next try.

Nobody is shut out by what strangers do: beyond a limit a try costs a few seconds of computing, more the further
beyond it. A device that signed in before has a count of its own that only it can use up.
"""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil, log2

from chengtuan.platform.rate_limit import RateLimit

_QUARTER = timedelta(minutes=15)
_HOUR = timedelta(hours=1)
_SLACK = 0.001

EASIEST_BITS = 15
"""Some 30,000 hashes: a blink on a computer, half a second on an old phone."""
HARDEST_BITS = 20
"""Some 1,000,000 hashes: a second or two on a computer, ten to twenty on an old phone."""


@dataclass(frozen=True, slots=True)
class Count:
    """Tries of one kind by one subject."""

    limit: RateLimit
    subject: str


def failures_of_pair(burst: int) -> RateLimit:
    """Passwords that failed for one login from one client address."""
    return RateLimit("staff_pair", burst, _QUARTER)


def failures_of_login(burst: int) -> RateLimit:
    """Passwords that failed for one login, wherever they came from."""
    return RateLimit("staff_login", burst, _QUARTER)


def failures_of_address(burst: int) -> RateLimit:
    """Passwords that failed from one client address, whatever the logins were."""
    return RateLimit("staff_address", burst, _QUARTER)


FAILURES_OF_DEVICE = RateLimit("staff_device", 10, _QUARTER)
"""Passwords that failed on a device that signed in to this login before."""


def guesses_of_address(burst: int) -> RateLimit:
    """Codes guessed wrong from one client address, whatever the phones were."""
    return RateLimit("code_guess_address", burst, _QUARTER)


def codes_of_address(burst: int) -> RateLimit:
    """Codes that one client address asked for, whatever the phones were."""
    return RateLimit("phone_code_address", burst, _HOUR)


CODES_OF_PAIR = RateLimit("phone_code_pair", 5, _HOUR)
"""Codes that one client address asked for, for one phone."""


def bits_for(uses: float, limit: RateLimit) -> int:
    """How hard the work is for one more use after so many: 0 within the limit, one bit more for each doubling."""
    if uses + 1 <= limit.burst + _SLACK:  # what is forgotten with time counts too: uses are no whole number
        return 0
    return min(EASIEST_BITS + ceil(log2(max(1.0, uses / limit.burst))), HARDEST_BITS)
