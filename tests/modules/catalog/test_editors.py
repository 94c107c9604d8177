"""Two people at one product: nobody undoes what the other did without being told."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.types.json import Jsonb

from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.modules.catalog.products.rows import edits, products
from chengtuan.modules.catalog.products.usecases import check_draft, edit_product
from chengtuan.platform.database import WriteSession
from chengtuan.platform.permissions import OneMerchant
from tests.modules.catalog.support import CONSOLE, PASSWORD, create, merchant_of, open_shop, publish, revised
from tests.support.world import Person, World

pytestmark = pytest.mark.postgres


async def colleague_of(world: World, owner: Person) -> Person:
    accounts = world.composition.facades[AccountsFacade]
    assert isinstance(accounts, AccountsFacade)
    await accounts.add_staff(
        login="wang", password=PASSWORD, name="Wang", roles=["merchant_owner"], merchant_id=await merchant_of(owner)
    )
    return await world.staff("wang", PASSWORD)


@pytest.mark.feature("X6")
async def test_a_second_tab_does_not_undo_the_first(world: World) -> None:
    owner = await open_shop(world)
    opened = await create(owner)
    path = f"{CONSOLE}/{opened['id']}"
    wang = await colleague_of(world, owner)
    dearer = [sku | {"solo_price_fen": 5900} for sku in opened["skus"]]
    saved = await wang.put(path, revised(opened, skus=dearer, images=["/media/uploads/new.webp"]))
    assert (saved.status_code, saved.json()["version"]) == (200, 2)
    await publish(wang, opened["id"])

    refused = await owner.put(path, revised(opened, summary={"en": "Now even fresher"}))
    problem = refused.json()
    assert (refused.status_code, problem["code"], problem["version"]) == (409, "catalog/edited-meanwhile", 3)
    told = [(change["version"], change["fields"], change["by"]) for change in problem["changes"]]
    assert told == [(2, ["images", "skus"], "Wang"), (3, ["published"], "Wang")]
    later = await owner.put(path, revised(opened, version=2))
    assert [change["version"] for change in later.json()["changes"]] == [3], (
        "who has read the second hears of the third"
    )
    assert problem["changes"][0]["at"].startswith("2026-06-01T04:00:00")
    now = (await owner.get(path)).json()
    assert (now["skus"], now["summary"]) == (dearer, opened["summary"])

    again = await owner.put(path, revised(now, summary={"en": "Now even fresher"}))
    assert (again.status_code, again.json()["skus"], again.json()["version"]) == (200, dearer, 4)


async def test_an_edit_names_the_version_it_replaces(world: World) -> None:
    owner = await open_shop(world)
    product = await create(owner)
    path = f"{CONSOLE}/{product['id']}"
    for version in (None, 0, -1, "1", 1.0, 10**12):
        answer = await owner.put(path, revised(product, version=version))
        assert (answer.status_code, answer.json()["code"]) == (422, "platform/invalid-request"), version
    unversioned = {field: value for field, value in revised(product).items() if field != "version"}
    assert (await owner.put(path, unversioned)).status_code == 422
    assert (await owner.put(path, revised(product, version=7))).json()["code"] == "catalog/edited-meanwhile"


async def test_saving_what_is_there_already_leaves_no_version_and_no_trace(world: World) -> None:
    owner = await open_shop(world)
    product = await create(owner)
    path = f"{CONSOLE}/{product['id']}"
    for _ in range(2):
        same = await owner.put(path, revised(product))
        assert (same.status_code, same.json()) == (200, product)
    assert (await owner.put(path, revised(product, summary={"en": "New"}))).json()["version"] == 2


async def test_the_update_itself_knows_whose_product_it_is(world: World) -> None:
    owner = await open_shop(world)
    opened = await create(owner)
    product_id, merchant_id, stranger = UUID(opened["id"]), await merchant_of(owner), uuid4()
    async with world.composition.running["catalog"].database.write() as tx:
        row = await products.find_product(tx, product_id, OneMerchant(merchant_id))
        assert row is not None
        assert await products.find_product(tx, product_id, OneMerchant(stranger)) is None
        assert not await products.replace_product(tx, replace(row, merchant_id=stranger, version=2))
        assert await products.replace_product(tx, replace(row, version=2))


async def race(owner: Person, opened: dict[str, object], editors: int = 8) -> list[int]:
    path = f"{CONSOLE}/{opened['id']}"
    wishes = [revised(opened, summary={"en": f"edit {n}"}) for n in range(editors)]
    answers = await asyncio.gather(*(owner.put(path, wish) for wish in wishes))
    assert {answer.json()["code"] for answer in answers if answer.status_code != 200} <= {"catalog/edited-meanwhile"}
    return sorted(answer.status_code for answer in answers)


async def test_of_many_edits_of_one_version_one_is_taken(world: World) -> None:
    owner = await open_shop(world)
    opened = await create(owner)
    assert await race(owner, opened) == [200] + [409] * 7
    assert (await owner.get(f"{CONSOLE}/{opened['id']}")).json()["version"] == 2


async def test_without_the_condition_edits_would_undo_each_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: it is the version in the UPDATE that refuses the others, not the look before it."""
    owner = await open_shop(world)
    opened = await create(owner)

    async def unconditionally(tx: WriteSession, row: products.ProductRow) -> bool:
        return bool(
            await tx.execute(
                "update product set summary = %s, version = version + 1 where id = %s", (Jsonb(row.summary), row.id)
            )
        )

    async def nothing(*_: object) -> None:
        return None

    start = asyncio.Barrier(2)
    check = check_draft.check_draft

    async def together(*arguments: Any) -> None:
        await check(*arguments)
        await start.wait()

    monkeypatch.setattr(edit_product, "check_draft", together)
    assert await race(owner, opened, 2) == [200, 409], "both looked before either wrote: the UPDATE decides"

    monkeypatch.setattr(products, "replace_product", unconditionally)
    monkeypatch.setattr(edits, "insert_edit", nothing)
    opened = (await owner.get(f"{CONSOLE}/{opened['id']}")).json()
    assert await race(owner, opened, 2) == [200, 200]
