"""Tickets of a flash sale: whom they are good for, from when until when, and for what work."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count, pairwise
from uuid import UUID

import pytest

from chengtuan.kernel.proof_of_work import zero_bits
from chengtuan.modules.trade.flash.problems import TicketEarly, TicketInvalid, WorkMissing
from chengtuan.modules.trade.flash.rules.tickets import (
    EASIEST_BITS,
    GOOD_FOR,
    HARDEST_BITS,
    LONGEST,
    Bearer,
    Draw,
    Drawn,
    Queued,
    Ticket,
    Turn,
    bits_by_uses,
    bits_by_wait,
    check_turn,
    check_work,
    is_over,
    lot_of,
    read,
    sign,
)
from tests.conftest import NOON

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
SALE, OTHER_SALE, PERSON, OTHER_PERSON, REQUEST, OTHER_REQUEST = (UUID(int=n) for n in range(1, 7))
MINE = Bearer(SALE, PERSON, REQUEST)
SECOND = timedelta(seconds=1)
QUEUED = Ticket(Queued(NOON + timedelta(microseconds=1)), 13)
DRAWN = Ticket(Drawn(2**32 - 1), 16)
DRAW = Draw(NOON, people=1000, gap=SECOND / 500)


@pytest.mark.parametrize("ticket", [QUEUED, DRAWN, Ticket(Drawn(0), 0), Ticket(Queued(NOON), 0)])
def test_a_ticket_says_to_its_bearer_what_was_signed(ticket: Ticket) -> None:
    text = sign(KEY, MINE, ticket)
    assert read(KEY, [Bearer(SALE, OTHER_PERSON, REQUEST), MINE], text) == ticket, "under any of a person's ids"
    assert sign(KEY, MINE, ticket) == text, "asked for again, it is the same"
    assert len(text) <= LONGEST


@pytest.mark.parametrize(
    ("bearers", "key"),
    [
        ([Bearer(OTHER_SALE, PERSON, REQUEST)], KEY),
        ([Bearer(SALE, OTHER_PERSON, REQUEST)], KEY),
        ([Bearer(SALE, PERSON, OTHER_REQUEST)], KEY),
        ([Bearer(PERSON, SALE, REQUEST)], KEY),
        ([MINE], OTHER_KEY),
        ([], KEY),
    ],
    ids=["other sale", "other person", "other key", "swapped", "other secret", "nobody"],
)
@pytest.mark.parametrize("ticket", [QUEUED, DRAWN])
def test_it_is_good_for_nothing_else(ticket: Ticket, bearers: list[Bearer], key: bytes) -> None:
    assert _refusal(key, bearers, sign(KEY, MINE, ticket)) == "not_for_this"


def _with(number: int, part: str) -> Callable[[str], str]:
    return lambda text: ".".join([*text.split(".")[:number], part, *text.split(".")[number + 1 :]])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_with(1, "1"), "not_for_this"),
        (_with(1, "9" * 20), "not_for_this"),
        (_with(1, "0" * 20), "not_for_this"),
        (_with(2, "0"), "not_for_this"),
        (_with(0, "d"), "not_for_this"),
        (_with(3, "0" * 32), "not_for_this"),
        (lambda text: text.upper(), "malformed"),
        (lambda text: text[:-1], "malformed"),
        (lambda text: text + "0", "malformed"),
        (lambda text: text[1:], "malformed"),
        (lambda text: text + "\n", "malformed"),
        (lambda text: " " + text, "malformed"),
        (lambda _: "", "malformed"),
        (lambda _: "...", "malformed"),
        (lambda text: text * 1000, "malformed"),
        (_with(1, "9" * 21), "malformed"),
        (_with(1, "-1"), "malformed"),
        (_with(1, "1.5"), "malformed"),
        (_with(1, "\u0661"), "malformed"),
        (_with(2, "999"), "malformed"),
        (_with(3, "\u4e2d" * 32), "malformed"),
        (_with(3, "\0" * 32), "malformed"),
    ],
)
def test_a_ticket_that_was_made_or_changed_by_others_is_refused(change: Callable[[str], str], reason: str) -> None:
    assert _refusal(KEY, [MINE], change(sign(KEY, MINE, QUEUED))) == reason


def test_control_without_a_signature_whoever_writes_one_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hmac.compare_digest", lambda *_: True)
    assert _refusal(KEY, [MINE], _with(1, "1")(sign(KEY, MINE, QUEUED))) is None


def _refusal(key: bytes, bearers: list[Bearer], text: str) -> str | None:
    try:
        read(key, bearers, text)
    except TicketInvalid as problem:
        return str(problem.extension["reason"])
    return None


_TEN = Queued(NOON + 10 * SECOND)
_LAST = Drawn(2**32 - 1)
_LAST_AT = NOON + 999 * SECOND / 500


@pytest.mark.parametrize(
    ("turn", "now", "wait_s"),
    [
        (_TEN, NOON, 10),
        (_TEN, NOON + 9.9996 * SECOND, 0.001),
        (_TEN, NOON + 10 * SECOND, None),
        (_TEN, NOON - timedelta(days=1), 86410),
        (_LAST, NOON - 60 * SECOND, 61.998),
        (_LAST, _LAST_AT, None),
        (Drawn(0), NOON - timedelta(microseconds=1), 0.001),
        (Drawn(0), NOON, None),
    ],
)
def test_nobody_is_let_in_before_their_turn_whatever_the_clock_does(
    turn: Turn, now: datetime, wait_s: float | None
) -> None:
    """A clock that is set back makes somebody wait again, and no more."""
    if wait_s is None:
        check_turn(DRAW.at(turn), now)
        return
    with pytest.raises(TicketEarly) as early:
        check_turn(DRAW.at(turn), now)
    assert early.value.extension["wait_s"] == wait_s
    assert 0 <= early.value.extension["retry_after_s"] - wait_s < 1, "whoever comes back then is not early"


@pytest.mark.parametrize(("turn", "at"), [(_TEN, NOON + 10 * SECOND), (_LAST, _LAST_AT)])
def test_a_turn_is_over_after_a_while(turn: Turn, at: datetime) -> None:
    last = at + GOOD_FOR - timedelta(microseconds=1)
    check_turn(DRAW.at(turn), last)
    assert not is_over(DRAW.at(turn), last)
    for later in (at + GOOD_FOR, at + timedelta(days=400)):
        assert is_over(DRAW.at(turn), later)
        with pytest.raises(TicketInvalid, check=lambda problem: problem.extension == {"reason": "over"}):
            check_turn(DRAW.at(turn), later)


def test_lots_are_a_persons_own_fair_and_nobodys_guess() -> None:
    lots = [lot_of(KEY, SALE, UUID(int=n)) for n in range(1000)]
    assert lots == [lot_of(KEY, SALE, UUID(int=n)) for n in range(1000)], "whenever they ask"
    assert lots != [lot_of(KEY, OTHER_SALE, UUID(int=n)) for n in range(1000)], "another sale is another draw"
    assert lots != [lot_of(OTHER_KEY, SALE, UUID(int=n)) for n in range(1000)]
    tenths = Counter(lot.lot * 10 >> 32 for lot in lots)
    assert set(tenths) == set(range(10))
    assert all(60 < people < 140 for people in tenths.values()), "each part of the line is as likely"


def test_those_who_are_drawn_fill_the_first_moments_at_the_pace() -> None:
    places = [DRAW.place(lot_of(KEY, SALE, UUID(int=n)), NOON - SECOND) for n in range(1000)]
    assert min(places) >= 0
    assert max(places) < 1000
    per_tenth_of_a_second = Counter(place // 50 for place in places)
    assert max(per_tenth_of_a_second.values()) < 2 * 50
    assert DRAW.over_at == NOON + 2 * SECOND
    assert Draw(NOON, 0, SECOND).over_at == NOON


@pytest.mark.parametrize(
    ("turn", "now", "place"),
    [
        (Queued(NOON + SECOND), NOON, 500),
        (Queued(NOON + SECOND), NOON + SECOND / 2, 250),
        (Queued(NOON + SECOND), NOON + SECOND, 0),
        (Queued(NOON + SECOND), NOON + 5 * SECOND, 0),
        (Queued(NOON + SECOND / 500), NOON, 1),
        (Queued(NOON + SECOND / 501), NOON, 1),
        (_LAST, NOON - 600 * SECOND, 999),
        (_LAST, NOON + SECOND, 499),
        (Drawn(0), NOON - 600 * SECOND, 0),
    ],
)
def test_the_place_is_how_many_are_let_in_before(turn: Turn, now: datetime, place: int) -> None:
    assert DRAW.place(turn, now) == place


@pytest.mark.parametrize(
    ("wait_s", "bits"),
    [(-5, 0), (0, 0), (0.999, 0), (1, 12), (1.99, 12), (2, 13), (4, 14), (8, 15), (16, 16), (600, 16), (10**9, 16)],
)
def test_the_work_grows_with_the_wait(wait_s: float, bits: int) -> None:
    assert bits_by_wait(wait_s * SECOND) == bits
    slow_phone = 60_000
    assert bits == 0 or 2**bits / slow_phone < wait_s / 10, "and is done long before the turn comes"


@pytest.mark.parametrize(
    ("uses", "bits"), [(0, 0), (99.5, 0), (100, 0), (100.1, 13), (200, 13), (201, 14), (400, 14), (1600, 16), (1e9, 16)]
)
def test_the_work_grows_with_what_an_address_asks_for(uses: float, bits: int) -> None:
    assert bits_by_uses(uses, 100) == bits


def test_nobody_is_asked_for_more_than_a_slow_phone_does_in_two_seconds() -> None:
    assert 2**HARDEST_BITS / 60_000 < 2
    assert all(bits_by_wait(later * SECOND) >= bits_by_wait(sooner * SECOND) for sooner, later in pairwise(range(99)))
    assert EASIEST_BITS < HARDEST_BITS


def test_work_is_for_one_ticket() -> None:
    ticket = Ticket(Queued(NOON), 8)
    text, other = (sign(KEY, Bearer(SALE, PERSON, request), ticket) for request in (REQUEST, OTHER_REQUEST))
    nonce = next(str(n) for n in count() if zero_bits(text, str(n)) >= 8 > zero_bits(other, str(n)))
    check_work(text, ticket, nonce)
    with pytest.raises(WorkMissing, check=lambda problem: problem.extension == {"bits": 8}):
        check_work(other, ticket, nonce)


@pytest.mark.parametrize("nonce", ["", "0", "-1", "9" * 64, "1e9", "\u0661", "\0", " ", "\U0001f600" * 8])
def test_odd_nonces_are_numbers_that_do_not_fit(nonce: str) -> None:
    check_work("q.1.0.ab", Ticket(Queued(NOON), 0), nonce)
    with pytest.raises(WorkMissing):
        check_work("q.1.16.ab", Ticket(Queued(NOON), 16), nonce)
