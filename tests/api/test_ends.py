"""Values at the ends of what a field can hold, and characters that people paste: never an internal error."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from chengtuan.kernel.pagination import encode_cursor
from tests.support.shop import ADDRESS, Shop

LISTINGS = "/api/v1/trade/listings"
TOO_BIG = 2**63
INVALID = "platform/invalid-request"


async def _status(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


@pytest.mark.parametrize(
    ("path", "cursor"),
    [
        (LISTINGS, encode_cursor(TOO_BIG, "0192f000-0000-7000-8000-000000000000")),
        ("/api/v1/trade/products/{product}/groups", encode_cursor("0001-01-01T00:00:00+14:00", "0" * 32)),
        ("/api/v1/payments/console/ledger", encode_cursor(-TOO_BIG - 1)),
        ("/api/v1/trade/console/freight/templates", encode_cursor("\0", "0" * 32)),
        ("/api/v1/trade/console/freight/templates", encode_cursor("\ud800", "0" * 32)),
        ("/api/v1/messaging/inbox", encode_cursor("9999-12-31T23:59:59-12:00", "0" * 32)),
    ],
)
async def test_a_cursor_beyond_the_column_is_a_bad_cursor(shop: Shop, path: str, cursor: str) -> None:
    person = shop.merchant if "console" in path else (await shop.shopper(1)).person
    answer = await person.get(path.format(product=shop.product_id), cursor=cursor)
    assert await _status(answer) == (422, "platform/bad-cursor")


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59Z"])
async def test_campaigns_begin_and_end_within_the_calendar(shop: Shop, time: str) -> None:
    for member in ("starts_at", "ends_at"):
        answer = await shop.try_campaign([3], [7000], **{member: time})
        assert await _status(answer) == (422, INVALID)


async def test_pasted_marks_are_taken_away_and_lines_are_refused(shop: Shop) -> None:
    person = (await shop.shopper(1)).person
    pasted = ADDRESS | {
        "name": "林小滿\u202c\u200b",
        "phone": "\u202d+86 139\u00a00000‑1111\u202c",
        "detail": " 1 號 😀 ",
    }
    kept = (await person.post("/api/v1/accounts/me/addresses", pasted)).json()
    assert [kept[name] for name in ("name", "phone", "detail")] == ["林小滿", "+8613900001111", "1 號 😀"]
    for phone in ("１３９００００１１１１", "００８６139 0000 1111", "(86)13900001111"):
        edited = ADDRESS | {"phone": phone, "version": kept["version"]}
        kept = (await person.put(f"/api/v1/accounts/me/addresses/{kept['id']}", edited)).json()
        assert kept.get("phone") == "+8613900001111", phone
    for name in ("林\n小滿", "林\u2028小滿", "\u200b", "林\x07"):
        refused = await person.post("/api/v1/accounts/me/addresses", ADDRESS | {"name": name})
        assert await _status(refused) == (422, INVALID), name


async def test_an_address_holds_as_many_characters_as_it_says(shop: Shop) -> None:
    """Emoji count as characters, pasted marks not at all."""
    person = (await shop.shopper(1)).person
    for name, status in (("😀" * 50, 201), ("\u200b" * 60 + "林", 201), ("林" * 51, 422)):
        assert (await person.post("/api/v1/accounts/me/addresses", ADDRESS | {"name": name})).status_code == status


async def test_a_backslash_and_zeros_are_letters(shop: Shop) -> None:
    order = await (await shop.shopper(1)).order("solo", remark="C:\\u0000 is a folder")
    assert order["remark"] == "C:\\u0000 is a folder"


async def test_five_taps_on_received_are_all_right(shop: Shop) -> None:
    buyer = await shop.shopper(1)
    order = await buyer.order("solo")
    await buyer.pay(order["id"])
    shop.world.clock.advance(timedelta(minutes=1))
    shipped = await shop.merchant.post(
        f"/api/v1/fulfilment/console/orders/{order['id']}/ship", {"carrier_code": "SF", "tracking_no": "SF1234567890"}
    )
    assert shipped.status_code in (200, 201), shipped.text
    path = f"/api/v1/trade/orders/{order['id']}/confirm-receipt"
    answers = await asyncio.gather(*(buyer.person.post(path) for _ in range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5


async def test_a_note_beside_the_stock_is_a_line_like_others(shop: Shop) -> None:
    path = f"/api/v1/trade/console/stock/{shop.sku_id}/movements"
    movement = {"delta": 1, "reason": "other"}
    lines = await shop.merchant.post(path, movement | {"note": "a\u2028b"})
    assert await _status(lines) == (422, INVALID)
    pasted = await shop.merchant.post(path, movement | {"note": "\u202ea"})
    assert pasted.status_code == 200, pasted.text
    assert (await shop.merchant.get(path)).json()["items"][0]["note"] == "a"
