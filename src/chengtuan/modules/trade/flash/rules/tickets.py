"""Tickets: from when on somebody may take units of a flash sale, and what their device has to work for that. Pure.

Before the start everybody who asks is drawn by lot, however early or often they ask; from then on it is first come,
first served. A ticket is a line of text, signed for one sale, person and Idempotency-Key. None of these is in it: with
others its signature does not fit.
"""

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TypeAlias
from uuid import UUID

from chengtuan.kernel.proof_of_work import zero_bits
from chengtuan.modules.trade.flash.problems import TicketEarly, TicketInvalid, WorkMissing
from chengtuan.modules.trade.limits import DRAWN_WITHIN_S, TURN_LASTS_S

DRAWN_WITHIN = timedelta(seconds=DRAWN_WITHIN_S)
GOOD_FOR = timedelta(seconds=TURN_LASTS_S)
LONGEST = 100
"""Characters of a ticket."""
EASIEST_BITS = 12
"""Some 4000 hashes: nothing one notices, and much for who asks for thousands."""
HARDEST_BITS = 16
"""Some 65,000 hashes: about a second on an old phone, and less than a tenth of the wait that it is asked for."""

_LOTS = 2**32
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SECOND = timedelta(seconds=1)
_MILLISECOND = timedelta(milliseconds=1)
_TEXT = re.compile(
    r"(?P<head>(?P<kind>[dq])\.(?P<number>[0-9]{1,20})\.(?P<bits>[0-9]{1,2}))\.(?P<mac>[0-9a-f]{32})", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom a ticket is for, and for which request."""

    sale_id: UUID
    user_id: UUID
    request_id: UUID

    @property
    def request(self) -> tuple[UUID, UUID]:
        return self.user_id, self.request_id


@dataclass(frozen=True, slots=True)
class Drawn:
    """A lot of somebody who asked before the start: where among all of those they stand."""

    lot: int


@dataclass(frozen=True, slots=True)
class Queued:
    """The turn of somebody who came later."""

    at: datetime


Turn: TypeAlias = Drawn | Queued


@dataclass(frozen=True, slots=True)
class Ticket:
    turn: Turn
    bits: int


@dataclass(frozen=True, slots=True)
class Draw:
    """How many were drawn for a sale, and the pace at which people are let in: one in each `gap`.

    Those who are drawn spread over as many gaps, from the start on, and everybody else comes after them.
    """

    starts_at: datetime
    people: int
    gap: timedelta

    @property
    def over_at(self) -> datetime:
        return self.starts_at + self.people * self.gap

    def at(self, turn: Turn) -> datetime:
        """When somebody is admitted. A lot's place moves as long as others join, and never after the start."""
        if isinstance(turn, Queued):
            return turn.at
        return self.starts_at + turn.lot * self.people // _LOTS * self.gap

    def place(self, turn: Turn, now: datetime) -> int:
        """How many are let in before, from now on."""
        return max(0, -((max(now, self.starts_at) - self.at(turn)) // self.gap))


def lot_of(key: bytes, sale_id: UUID, user_id: UUID) -> Drawn:
    """The same for a person whenever they ask, and nothing that anybody could know before."""
    return Drawn(int.from_bytes(hmac.new(key, b"lot" + sale_id.bytes + user_id.bytes, sha256).digest()[:4]))


def bits_by_wait(wait: timedelta) -> int:
    """How hard the work is for somebody who waits as long: nothing where nobody notices the wait."""
    if wait < _SECOND:
        return 0
    return min(HARDEST_BITS, EASIEST_BITS + (wait // _SECOND).bit_length() - 1)


def bits_by_uses(uses: float, usual: int) -> int:
    """How hard the work is where one network address asked so often, and so much is usual: a bit more for each
    doubling. Nobody is refused for what their neighbours do."""
    if uses <= usual:
        return 0
    return min(HARDEST_BITS, EASIEST_BITS + int(-(-uses // usual) - 1).bit_length())


def sign(key: bytes, bearer: Bearer, ticket: Ticket) -> str:
    """The ticket as its bearer carries it."""
    if isinstance(ticket.turn, Drawn):
        head = f"d.{ticket.turn.lot}.{ticket.bits}"
    else:
        head = f"q.{(ticket.turn.at - _EPOCH) // _MICROSECOND}.{ticket.bits}"
    return f"{head}.{_mac(key, bearer, head)}"


def read(key: bytes, bearers: Iterable[Bearer], text: str) -> Ticket:
    """What was signed for one of these: a person may have several ids. Raises TicketInvalid."""
    found = _TEXT.fullmatch(text)
    if found is None:
        raise TicketInvalid(reason="malformed")
    macs = [_mac(key, bearer, found["head"]) for bearer in bearers]
    if True not in [hmac.compare_digest(mac, found["mac"]) for mac in macs]:
        raise TicketInvalid(reason="not_for_this")
    number = int(found["number"])
    turn = Drawn(number) if found["kind"] == "d" else Queued(_EPOCH + number * _MICROSECOND)
    return Ticket(turn, int(found["bits"]))


def is_over(at: datetime, now: datetime) -> bool:
    """Whether a turn at this time is past."""
    return now >= at + GOOD_FOR


def seconds(wait: timedelta) -> float:
    """Rounded up to a millisecond: whoever comes then is not early."""
    return -(-wait // _MILLISECOND) / 1000


def check_turn(at: datetime, now: datetime) -> None:
    """Raises TicketEarly (wait), TicketInvalid (over)."""
    wait = at - now
    if wait > timedelta():
        raise TicketEarly(wait_s=seconds(wait), retry_after_s=-(-wait // _SECOND))
    if is_over(at, now):
        raise TicketInvalid(reason="over")


def check_work(text: str, ticket: Ticket, nonce: str) -> None:
    """The ticket itself is what the work is done for: nobody knows its signature before it is given.

    Raises WorkMissing (bits).
    """
    if zero_bits(text, nonce) < ticket.bits:
        raise WorkMissing(bits=ticket.bits)


def _mac(key: bytes, bearer: Bearer, head: str) -> str:
    whose = bearer.sale_id.bytes + bearer.user_id.bytes + bearer.request_id.bytes
    return hmac.new(key, b"ticket" + whose + head.encode(), sha256).hexdigest()[:32]
