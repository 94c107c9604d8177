"""Two changes of one merchant's freight at the same moment, and the same without the lock between them."""

import asyncio
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

import pytest

from chengtuan.modules.trade.freight.rows import choosing, templates
from chengtuan.modules.trade.freight.usecases import choose_default, edit_template, remove_template, send_product
from chengtuan.platform.database import WriteSession
from tests.modules.trade.test_freight import FREIGHT, TEMPLATES, TERMS, sent_by, template
from tests.modules.trade.test_freight_templates import another, remove, said
from tests.support.guards import until_held_up
from tests.support.shop import Shop

pytestmark = pytest.mark.feature("X13")
USE_CASES = (choose_default, edit_template, remove_template, send_product)
LOST = (404, "trade/freight-template-not-found")

Outcome = tuple[int, str]
Change = Callable[[], Awaitable[Any]]
Race = tuple[ModuleType, str, Change, Change]
"""Where the first change is when the second one comes: just after that function; and both."""


async def swapped(shop: Shop) -> Race:
    """Each template's products go to the other one."""
    made, other = await sent_by(shop), await template(shop, name="Letters")
    second = {"product_id": await another(shop), "version": 0}
    chosen = await shop.merchant.post(f"{FREIGHT}/products", {"template_id": other["id"], "products": [second]})
    assert chosen.status_code == 204
    return (
        choosing,
        "choose_template",
        lambda: remove(shop, made, template_id=other["id"]),
        lambda: remove(shop, other, template_id=made["id"]),
    )


async def edited(shop: Shop) -> Race:
    made = await template(shop)
    edit = {key: made[key] for key in ("name", "zones", "undelivered")} | {"version": 1}
    put = shop.merchant.put
    return (
        remove_template,
        "own_template",
        lambda: remove(shop, made),
        lambda: put(f"{TEMPLATES}/{made['id']}", edit),
    )


async def removed(shop: Shop) -> Race:
    made = await template(shop)
    edit = {key: made[key] for key in ("name", "zones", "undelivered")} | {"version": 1}
    return (
        templates,
        "replace_template",
        lambda: shop.merchant.put(f"{TEMPLATES}/{made['id']}", edit),
        lambda: remove(shop, made),
    )


async def begun_with(shop: Shop) -> Race:
    made = await template(shop)
    default = {"template_id": made["id"]}
    return (
        choose_default,
        "set_default",
        lambda: shop.merchant.post(f"{FREIGHT}/default", default),
        lambda: remove(shop, made),
    )


async def counted(shop: Shop) -> Race:
    return (
        templates,
        "count_templates",
        lambda: shop.merchant.post(TEMPLATES, TERMS | {"name": "one"}),
        lambda: shop.merchant.post(TEMPLATES, TERMS | {"name": "two"}),
    )


async def race(shop: Shop, monkeypatch: pytest.MonkeyPatch, prepare: Callable[[Shop], Awaitable[Race]]) -> set[Outcome]:
    """The first change goes on when the second one waits for it, or is through."""
    database_url = shop.world.composition.platform.database_url
    module, name, first, second = await prepare(shop)
    monkeypatch.setattr(edit_template, "MAX_TEMPLATES", 1)
    real, there, done = getattr(module, name), asyncio.Event(), asyncio.Event()

    async def slow(*args: Any, **more: Any) -> Any:
        answer = await real(*args, **more)
        if not there.is_set():
            there.set()
            await until_held_up(database_url, done)
        return answer

    async def follow() -> Any:
        await there.wait()
        answer = await second()
        done.set()
        return answer

    monkeypatch.setattr(module, name, slow)
    answers = await asyncio.gather(first(), follow())
    return {said(answer) if answer.status_code >= 400 else (answer.status_code, "") for answer in answers}


@pytest.mark.parametrize(
    ("prepare", "outcome"),
    [
        (swapped, {(204, ""), LOST}),
        (edited, {(204, ""), LOST}),
        (removed, {(200, ""), (409, "trade/freight-changed")}),
        (begun_with, {(204, "")}),
        (counted, {(201, ""), (422, "trade/bad-freight")}),
    ],
)
async def test_the_second_change_is_judged_by_what_the_first_left(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, prepare: Callable[[Shop], Awaitable[Race]], outcome: set[Outcome]
) -> None:
    assert await race(shop, monkeypatch, prepare) == outcome


@pytest.mark.parametrize(
    ("prepare", "outcome"),
    [
        (swapped, {(204, ""), (503, "platform/unavailable")}),
        (edited, {(204, ""), (200, "")}),
        (removed, {(200, ""), (409, "trade/freight-template-used")}),
        (begun_with, {(204, ""), (409, "trade/freight-template-used")}),
        (counted, {(201, "")}),
    ],
)
async def test_without_the_lock_it_is_judged_by_what_was_there_before(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, prepare: Callable[[Shop], Awaitable[Race]], outcome: set[Outcome]
) -> None:
    async def unlocked(tx: WriteSession, merchant_id: Any) -> None: ...

    for use_case in USE_CASES:
        monkeypatch.setattr(use_case, "lock_freight", unlocked)
    assert await race(shop, monkeypatch, prepare) == outcome
