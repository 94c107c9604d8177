"""Carriers, tracking events and the report to WeChat, as tables."""

from datetime import timedelta

import pytest

from chengtuan.kernel.text import LANGUAGES
from chengtuan.modules.fulfilment.rules.carriers import CARRIERS, normalise_tracking_no
from chengtuan.modules.fulfilment.rules.tracking import ShipmentEventCode, event_text
from chengtuan.modules.fulfilment.rules.uploads import (
    MOST_REFUSALS,
    UploadStatus,
    masked_phone,
    pause_after_silence,
    status_after_refusal,
)


@pytest.mark.parametrize(
    ("carrier", "entered", "accepted"),
    [
        ("SF", "SF1234567890123", True),
        ("SF", " sf 1234 5678 9012 3 ", True),
        ("SF", "123456789012", True),
        ("SF", "JD0012345678901", False),
        ("ZTO", "75312345678901", True),
        ("YTO", "YT8812345678901", True),
        ("STO", "777012345678901", True),
        ("YUNDA", "4612345678901", True),
        ("JD", "JDVA12345678901", True),
        ("JD", "JDX012345678901-1-2-", False),
        ("JD", "JDX012345678901-1-2", True),
        ("EMS", "EA123456789CN", True),
        ("EMS", "EA12345678CN", False),
        ("OTHER", "AB-12345", True),
        ("OTHER", "AB-1234", False),  # seven characters
        ("OTHER", "ABCDEFGH", False),  # a number has digits
        ("OTHER", "A1" * 16, True),
        ("OTHER", "A1" * 16 + "B", False),
        ("OTHER", "順豐12345678", False),
        ("SF", "１２３４５６７８９０１２", True),  # full-width digits are digits
        ("SF", "SF123\ufe0d45678\u200b90123", True),  # marks that nobody sees come along from documents
        ("SF", "", False),
    ],
)
def test_a_number_must_look_like_its_carriers(carrier: str, entered: str, accepted: bool) -> None:
    assert CARRIERS[carrier].accepts(normalise_tracking_no(entered)) is accepted


def test_every_carrier_has_its_name_in_three_languages() -> None:
    assert {"SF", "ZTO", "YTO", "STO", "YUNDA", "JD", "EMS"} <= set(CARRIERS)
    for code, carrier in CARRIERS.items():
        assert carrier.code == code
        assert set(carrier.name) == set(LANGUAGES)


def test_an_event_without_own_words_gets_a_sentence_in_the_readers_language() -> None:
    name = CARRIERS["SF"].name
    assert event_text(ShipmentEventCode.PICKED_UP, "", name, "en") == "The merchant handed the parcel to SF Express"
    assert event_text(ShipmentEventCode.PICKED_UP, "", name, "zh-Hans") == "商家已把包裹交给顺丰速运"
    assert event_text(ShipmentEventCode.PICKED_UP, "放在門口", name, "en") == "放在門口"
    for code in ShipmentEventCode:
        sentences = {event_text(code, "", {"en": "X"}, language) for language in LANGUAGES}
        assert all(sentences)
        assert len(sentences) >= 2


@pytest.mark.parametrize(
    ("errcode", "refusals", "status"),
    [
        (10060001, 1, UploadStatus.WAITING),
        (10060001, MOST_REFUSALS - 1, UploadStatus.WAITING),
        (10060001, MOST_REFUSALS, UploadStatus.REFUSED),
        (10060003, 1, UploadStatus.DONE),  # an earlier report had arrived
    ],
)
def test_a_refused_report(errcode: int, refusals: int, status: UploadStatus) -> None:
    assert status_after_refusal(errcode, refusals) is status


def test_silence_is_asked_about_more_and_more_rarely() -> None:
    pauses = [pause_after_silence(attempts) for attempts in range(1, 30)]
    assert pauses[:4] == [timedelta(seconds=seconds) for seconds in (10, 20, 40, 80)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=1)


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("+8613812348000", "+86-138****8000"),
        ("+886912345678", "+886-912**5678"),
        ("+85291234567", "+852-912*4567"),
    ],
)
def test_a_receivers_number_is_masked(phone: str, masked: str) -> None:
    assert masked_phone(phone) == masked
