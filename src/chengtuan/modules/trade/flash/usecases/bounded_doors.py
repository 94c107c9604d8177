"""So many wait at the doors of flash sales, and no more: whoever finds one full is told when to come again."""

import contextlib
from collections.abc import Iterator

from chengtuan.kernel.problems import Overloaded
from chengtuan.modules.trade.flash.problems import FlashBusy

_WORKED_OFF_S = 3
"""By then those who wait at a full door have their answers: each takes some tenths of a millisecond."""


@contextlib.contextmanager
def told_when_to_come_again() -> Iterator[None]:
    """A crowd is no failure of the server: who is turned away hears so, and not that something is wrong.

    Raises FlashBusy.
    """
    try:
        yield
    except Overloaded as error:
        raise FlashBusy(retry_after_s=_WORKED_OFF_S) from error
