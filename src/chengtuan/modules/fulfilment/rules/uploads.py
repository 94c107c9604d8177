"""Telling WeChat that the goods of a payment were sent: until then the merchant's money stays frozen."""

from datetime import timedelta
from enum import StrEnum

MOST_REFUSALS = 5
"""A refused report is repeated this often at most: right after a payment WeChat may not know it yet."""
_REFUSED_AGAIN_AFTER = timedelta(minutes=10)
_FIRST_PAUSE = timedelta(seconds=10)
_LONGEST_PAUSE = timedelta(hours=1)
_ALREADY_REPORTED = frozenset((10060002, 10060003))
"""Sent completely; the one repetition is used up."""
_NOTHING_NEW = 10060023


class UploadStatus(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    SKIPPED = "skipped"
    """Not a WeChat payment of a known mini-program user: nothing to report."""
    REFUSED = "refused"
    """A person has to report it in WeChat's own console."""


class Correction(StrEnum):
    """How often a number of an order's parcels can still be corrected."""

    FREE = "free"
    """WeChat knows nothing of it, or not yet that all parcels went."""
    ONCE = "once"
    """It was reported; WeChat takes one correction."""
    USED = "used"


def correction_left(status: str, *, complete: bool, corrected: bool) -> Correction:
    """`complete`: all parcels went; until that was reported, WeChat takes as many reports as there are news."""
    if corrected:
        return Correction.USED
    return Correction.ONCE if complete and status == UploadStatus.DONE else Correction.FREE


def status_after_refusal(errcode: int, refusals: int, *, corrected: bool = False) -> UploadStatus:
    """What a refusal means; `refusals` counts this one too. `corrected`: an earlier number was reported before.

    A report whose answer was lost, or that a person made in WeChat's console, is refused as known: done. If it was
    a correction, WeChat still has the wrong number and takes no other from us.
    """
    if errcode == _NOTHING_NEW:
        return UploadStatus.DONE
    if errcode in _ALREADY_REPORTED:
        return UploadStatus.REFUSED if corrected else UploadStatus.DONE
    return UploadStatus.REFUSED if refusals >= MOST_REFUSALS else UploadStatus.WAITING


def pause_after_refusal() -> timedelta:
    return _REFUSED_AGAIN_AFTER


def pause_after_silence(attempts: int) -> timedelta:
    """10 s, 20 s, 40 s … one hour. `attempts` counts the tries so far, this one included."""
    return min(_LONGEST_PAUSE, _FIRST_PAUSE * (1 << min(attempts - 1, 16)))


def masked_phone(e164: str) -> str:
    """The receiver's number as WeChat wants it with a parcel: `+86-138****8000`."""
    for country in ("+86", "+886", "+852", "+853"):
        if e164.startswith(country):
            national = e164.removeprefix(country)
            return f"{country}-{national[:3]}{'*' * max(0, len(national) - 7)}{national[-4:]}"
    return f"{e164[:3]}****{e164[-4:]}"
