"""Nobody takes units of a flash sale without a ticket of their own, whose time has come and whose work is done."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support.flash import ask_for_ticket, flash_sale, hold, shown, try_hold, units
from tests.support.rows import ask as query
from tests.support.shop import Buyer, Shop

pytestmark = pytest.mark.feature("F49")


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.json()["code"]) == (status, f"trade/{code}"), answer.text
    return dict(answer.json())


async def queue(buyer: Buyer, sale_id: str, people: int) -> None:
    """So many stand before whoever comes now."""
    until = buyer.shop.world.clock.now() + timedelta(seconds=people / 500)
    query(
        buyer.shop.world.composition.platform.database_url,
        "insert into trade.rate_limit (key, full_at) values (%s, %s) returning 1",
        (f"pace:flash:{sale_id}", until),
    )


async def test_a_ticket_is_for_one_person_sale_and_key(shop: Shop) -> None:
    ann, ben = await shop.shopper(1), await shop.shopper(2)
    sale_id, key = await flash_sale(shop), uuid4()
    mine = shown((await ask_for_ticket(ann, sale_id, key)).json())
    assert shown((await ask_for_ticket(ann, sale_id, key)).json()) == mine, "asked again, it is the same"
    for buyer, other_key in ((ben, key), (ann, uuid4())):
        answer = await try_hold(buyer, sale_id, key=other_key, **mine)
        assert refused(answer, 409, "ticket-invalid")["reason"] == "not_for_this"
    forged = await try_hold(ann, sale_id, ticket=mine["ticket"].replace("q.1", "q.0"))
    assert refused(forged, 409, "ticket-invalid")["reason"] == "not_for_this"
    cut = await try_hold(ann, sale_id, ticket=mine["ticket"][:-1])
    assert refused(cut, 409, "ticket-invalid")["reason"] == "malformed"
    assert await units(shop, sale_id) == (10, 0, 0, 10), "nothing was taken"
    assert (await try_hold(ann, sale_id, key=key, **mine)).status_code == 201


async def test_a_ticket_of_another_sale_is_none(shop: Shop) -> None:
    ann, key = await shop.shopper(1), uuid4()
    sale_id, later = await flash_sale(shop, for_s=600), await flash_sale(shop, in_s=600)
    mine = shown((await ask_for_ticket(ann, sale_id, key)).json())
    shop.world.clock.advance(timedelta(seconds=600))
    assert refused(await try_hold(ann, later, key=key, **mine), 409, "ticket-invalid")["reason"] == "not_for_this"


async def test_whoever_is_early_is_told_when_to_come(shop: Shop) -> None:
    ann, key = await shop.shopper(1), uuid4()
    sale_id = await flash_sale(shop)
    await queue(ann, sale_id, 5000)
    ticket = (await ask_for_ticket(ann, sale_id, key)).json()
    assert (ticket["place"], ticket["wait_s"], ticket["drawn"]) == (5000, 10, False)
    shop.world.clock.advance(timedelta(seconds=0.5))
    early = await try_hold(ann, sale_id, key=key, **shown(ticket))
    assert (early.headers["Retry-After"], refused(early, 429, "ticket-early")["wait_s"]) == ("10", 9.5)
    shop.world.clock.advance(timedelta(seconds=9.5))
    idle = await try_hold(ann, sale_id, key=key, ticket=ticket["ticket"])
    assert refused(idle, 428, "work-missing")["bits"] == ticket["bits"] == 15
    assert (await try_hold(ann, sale_id, key=key, **shown(ticket))).status_code == 201


async def test_control_without_the_door_who_is_early_gets_units(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    async def open_door(*_: Any, **__: Any) -> None:
        """Whoever comes."""

    monkeypatch.setattr("chengtuan.modules.trade.flash.usecases.hold_units.check_ticket", open_door)
    ann = await shop.shopper(1)
    assert (await try_hold(ann, await flash_sale(shop), ticket="forged")).status_code == 201


async def test_who_repeats_a_request_has_the_hold_that_they_have(shop: Shop) -> None:
    """Also when the ticket's time is over, and the sale's; with other contents it is a mistake."""
    ann, key = await shop.shopper(1), uuid4()
    sale_id = await flash_sale(shop, for_s=600)
    mine = shown((await ask_for_ticket(ann, sale_id, key)).json())
    held = await hold(ann, sale_id, key=key, **mine)
    for pause in (0, 121, 600):
        shop.world.clock.advance(timedelta(seconds=pause))
        again = await try_hold(ann, sale_id, key=key, **mine)
        assert (again.status_code, again.json()["id"]) == (201, held["id"])
        refused(await try_hold(ann, sale_id, key=key, quantity=2, **mine), 409, "idempotency-conflict")
    assert (await units(shop, sale_id))[1] == 1


async def test_a_turn_that_was_let_pass_is_over(shop: Shop) -> None:
    ann, key = await shop.shopper(1), uuid4()
    sale_id = await flash_sale(shop)
    mine = shown((await ask_for_ticket(ann, sale_id, key)).json())
    shop.world.clock.advance(timedelta(seconds=120))
    assert refused(await try_hold(ann, sale_id, key=key, **mine), 409, "ticket-invalid")["reason"] == "over"
    assert (await try_hold(ann, sale_id, key=key)).status_code == 201, "the next turn is soon"


async def test_who_is_drawn_takes_units_once_the_sale_runs(shop: Shop) -> None:
    ann, key = await shop.shopper(1), uuid4()
    sale_id = await flash_sale(shop, in_s=60)
    ticket = (await ask_for_ticket(ann, sale_id, key)).json()
    assert (ticket["drawn"], ticket["place"], ticket["wait_s"], ticket["bits"]) == (True, 0, 60, 16)
    refused(await try_hold(ann, sale_id, key=key, **shown(ticket)), 409, "flash-sale-not-started")
    shop.world.clock.advance(timedelta(seconds=60))
    assert (await try_hold(ann, sale_id, key=key, **shown(ticket))).status_code == 201


async def test_where_nothing_is_left_nobody_waits_for_it(shop: Shop) -> None:
    sale_id = await flash_sale(shop, 1)
    await hold(await shop.shopper(1), sale_id)
    asked = await ask_for_ticket(await shop.shopper(2), sale_id, uuid4())
    assert refused(asked, 409, "flash-sold-out")["available"] == 0


async def test_where_somebody_asked_from_is_not_kept_readable(shop: Shop) -> None:
    ann = await shop.shopper(1)
    await ask_for_ticket(ann, await flash_sale(shop), uuid4())
    keys = query(shop.world.composition.platform.database_url, "select key from trade.rate_limit")
    assert [key for (key,) in keys if key.startswith("flash_ticket:")] != []
    assert [key for (key,) in keys if "127.0.0.1" in key] == []


@pytest.mark.parametrize("odd", [{"ticket": None}, {"ticket": "x" * 101}, {"ticket": "x", "proof": "\u4e2d"}])
async def test_what_is_no_ticket_at_all_is_an_invalid_request(shop: Shop, odd: dict[str, Any]) -> None:
    answer = await try_hold(await shop.shopper(1), str(uuid4()), **odd)
    assert (answer.status_code, answer.json()["code"]) == (422, "platform/invalid-request")
