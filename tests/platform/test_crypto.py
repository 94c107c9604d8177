"""Personal data at rest: readable with the right key, for the right column, unchanged; otherwise not at all."""

import base64
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chengtuan.platform.crypto import CannotDecrypt, KeyRing

OLD, NEW, INDEX = b"a" * 32, b"b" * 32, b"c" * 32
COLUMN = "accounts.person.phone"


def ring(**changes: object) -> KeyRing:
    return KeyRing({1: OLD}, 1, INDEX)


@given(st.text())
@settings(max_examples=50, deadline=None)
def test_what_was_sealed_is_opened(text: str) -> None:
    keys = ring()
    assert keys.decrypt(keys.encrypt(text, COLUMN), COLUMN) == text


def test_equal_texts_look_different() -> None:
    keys = ring()
    assert keys.encrypt("13800138000", COLUMN) != keys.encrypt("13800138000", COLUMN)
    assert b"13800138000" not in keys.encrypt("13800138000", COLUMN)


def test_a_value_moved_to_another_column_does_not_open() -> None:
    keys = ring()
    with pytest.raises(CannotDecrypt):
        keys.decrypt(keys.encrypt("13800138000", COLUMN), "accounts.address.phone")


def test_any_flipped_bit_is_noticed() -> None:
    keys = ring()
    sealed = keys.encrypt("林小滿", COLUMN)
    for position in range(len(sealed)):
        for bit in range(8):
            changed = bytearray(sealed)
            changed[position] ^= 1 << bit
            with pytest.raises(CannotDecrypt):
                keys.decrypt(bytes(changed), COLUMN)


@pytest.mark.parametrize("cut", [0, 1, 2, 3, 10, 15, 20])
def test_a_cut_value_is_noticed(cut: int) -> None:
    keys = ring()
    with pytest.raises(CannotDecrypt):
        keys.decrypt(keys.encrypt("林小滿", COLUMN)[:cut], COLUMN)


def test_a_key_that_is_not_in_the_ring_opens_nothing() -> None:
    sealed = KeyRing({2: NEW}, 2, INDEX).encrypt("text", COLUMN)
    with pytest.raises(CannotDecrypt):
        ring().decrypt(sealed, COLUMN)
    with pytest.raises(CannotDecrypt):
        KeyRing({2: OLD}, 2, INDEX).decrypt(sealed, COLUMN)


@pytest.mark.feature("F53")
def test_keys_are_rotated_without_losing_what_is_stored() -> None:
    stored = ring().encrypt("text", COLUMN)
    both = KeyRing({1: OLD, 2: NEW}, 2, INDEX)
    assert both.decrypt(stored, COLUMN) == "text"
    assert both.key_id(stored) == 1
    fresh = both.encrypt(both.decrypt(stored, COLUMN), COLUMN)
    assert both.key_id(fresh) == 2
    assert KeyRing({2: NEW}, 2, INDEX).decrypt(fresh, COLUMN) == "text"


def test_a_blind_index_finds_equals_and_tells_nothing_without_its_key() -> None:
    keys = ring()
    one = keys.blind_index("+8613800138000", "accounts.phone")
    assert len(one) == 16
    assert one == KeyRing({2: NEW}, 2, INDEX).blind_index("+8613800138000", "accounts.phone"), "rotation keeps it"
    assert one != keys.blind_index("+8613800138001", "accounts.phone")
    assert one != keys.blind_index("+8613800138000", "accounts.other")
    assert one != KeyRing({1: OLD}, 1, b"d" * 32).blind_index("+8613800138000", "accounts.phone")


def test_keys_come_from_settings_the_first_is_active() -> None:
    text = ",".join(f"{n}:{base64.b64encode(key).decode()}" for n, key in ((7, NEW), (1, OLD)))
    keys = KeyRing.parse(text, base64.b64encode(INDEX).decode())
    assert keys.key_id(keys.encrypt("x", COLUMN)) == 7
    assert keys.decrypt(ring().encrypt("x", COLUMN), COLUMN) == "x"


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        KeyRing({1: os.urandom(31)}, 1, INDEX)
