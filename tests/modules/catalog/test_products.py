"""Products: written by their merchant, shown to everybody, told to the modules above."""

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from chengtuan.kernel.search import grams, grams_of_word, searchable, words_of
from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.modules.catalog.facade import ProductChanged, ProductDraft, ProductNotFound, SkuDraft
from chengtuan.modules.catalog.products.rows import products
from chengtuan.platform.database import Database, ReadSession, WriteSession
from chengtuan.platform.permissions import AllMerchants, Scope
from tests.modules.catalog.support import (
    CATALOG,
    CONSOLE,
    PRODUCT,
    catalog_of,
    create,
    execute,
    merchant_of,
    open_shop,
    publish,
    revised,
)
from tests.support.world import Person, World

pytestmark = pytest.mark.postgres


@pytest.fixture
def told(world: World, monkeypatch: pytest.MonkeyPatch) -> list[ProductChanged]:
    """The events that committed transactions told."""
    seen: list[ProductChanged] = []
    announce = Database._announce

    def listen(self: Database, session: WriteSession) -> None:
        seen.extend(event for event in session.events if isinstance(event, ProductChanged))
        announce(self, session)

    monkeypatch.setattr(Database, "_announce", listen)
    return seen


async def test_a_product_is_written_then_published_and_read_by_everybody(world: World) -> None:
    owner = await open_shop(world)
    product = await create(owner)
    expected = PRODUCT | {
        "id": product["id"],
        "merchant_id": str(await merchant_of(owner)),
        "merchant_name": {"zh-Hant": "山海果園 shop"},
        "published": False,
        "demo": False,
        "version": 1,
        "skus": [sku | {"id": got["id"]} for sku, got in zip(PRODUCT["skus"], product["skus"], strict=True)],
    }
    assert product == expected
    hidden = await world.client.get(f"{CATALOG}/products/{product['id']}")
    assert (hidden.status_code, hidden.json()["code"]) == (404, "catalog/product-not-found")
    assert await publish(owner, product["id"]) == expected | {"published": True, "version": 2}
    public = await world.client.get(f"{CATALOG}/products/{product['id']}")
    assert public.status_code == 200
    assert public.headers["content-type"] == "application/json"
    edited = (await owner.get(f"{CONSOLE}/{product['id']}")).json()
    assert public.json() == {field: edited[field] for field in edited if field != "version"}
    assert [*public.json(), "version"] == list(product), "the query and the model name the same fields in one order"
    await owner.post(f"{CONSOLE}/{product['id']}/unpublish")
    withdrawn = await world.client.get(f"{CATALOG}/products/{product['id']}")
    assert (withdrawn.status_code, withdrawn.json()["published"]) == (200, False)


async def test_one_request_makes_one_product_however_often_it_comes(world: World, told: list[ProductChanged]) -> None:
    owner, stranger = await open_shop(world), await open_shop(world, "other")
    key = uuid4()
    answers = await asyncio.gather(*(owner.post(CONSOLE, PRODUCT, key=key) for _ in range(5)))
    assert [answer.status_code for answer in answers] == [201] * 5
    (first,) = {answer.json()["id"] for answer in answers}
    renamed = (await owner.post(CONSOLE, PRODUCT | {"name": {"en": "Another"}}, key=key)).json()
    assert (renamed["id"], renamed["name"], renamed["version"]) == (first, PRODUCT["name"], 1), "answered, not changed"
    assert [event.product_id for event in told] == [UUID(first)]
    assert (await stranger.post(CONSOLE, PRODUCT, key=key)).json()["id"] != first, "a key is its merchant's own"


async def test_a_product_without_a_list_price(world: World) -> None:
    owner = await open_shop(world)
    product = await create(owner, list_price_fen=None)
    assert product["list_price_fen"] is None
    await publish(owner, product["id"])
    assert (await world.client.get(f"{CATALOG}/products/{product['id']}")).json()["list_price_fen"] is None


async def test_every_change_is_told_once_and_whole(world: World, told: list[ProductChanged]) -> None:
    owner = await open_shop(world)
    product = await create(owner)
    await publish(owner, product["id"])
    product = await publish(owner, product["id"])
    kept = {"id": product["skus"][1]["id"], "name": {"en": "10 kg"}, "solo_price_fen": 8000}
    new = {"id": None, "name": {"en": "1 kg"}, "solo_price_fen": 990}
    edited = await owner.put(f"{CONSOLE}/{product['id']}", revised(product, skus=[kept, new]))
    assert edited.status_code == 200, edited.text
    await owner.post(f"{CONSOLE}/{product['id']}/unpublish")
    await owner.post(f"{CONSOLE}/{product['id']}/unpublish")

    assert [event.product.version for event in told] == [1, 2, 3, 4]
    assert [event.product.published for event in told] == [False, True, True, False]
    last = told[-1].product
    assert (str(last.product_id), last.merchant_name) == (product["id"], {"zh-Hant": "山海果園 shop"})
    assert (last.image_url, last.list_price_fen) == ("/media/uploads/rice.webp", 6900)
    assert [(sku.name, sku.solo_price_fen) for sku in last.skus] == [({"en": "10 kg"}, 8000), ({"en": "1 kg"}, 990)]
    assert str(last.skus[0].sku_id) == product["skus"][1]["id"]
    assert str(last.skus[1].sku_id) not in {sku["id"] for sku in product["skus"]}
    assert await catalog_of(world).get_product(product_id=last.product_id) == last


async def test_variants_can_change_places(world: World) -> None:
    owner = await open_shop(world)
    product = await create(owner)
    turned = list(reversed(product["skus"]))
    answer = await owner.put(f"{CONSOLE}/{product['id']}", revised(product, skus=turned))
    assert answer.json()["skus"] == turned
    assert (await owner.get(f"{CONSOLE}/{product['id']}")).json()["skus"] == turned


async def test_another_merchants_product_does_not_exist(world: World) -> None:
    owner, stranger = await open_shop(world, "shop"), await open_shop(world, "other")
    product = await publish(owner, (await create(owner))["id"])
    for product_id in (product["id"], str(uuid4())):
        path = f"{CONSOLE}/{product_id}"
        for answer in (
            await stranger.get(path),
            await stranger.put(path, revised(product)),
            await stranger.post(f"{path}/publish"),
            await stranger.post(f"{path}/unpublish"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "catalog/product-not-found")
    assert (await owner.get(f"{CONSOLE}/{product['id']}")).json() == product
    assert (await stranger.get(CONSOLE)).json() == {"items": [], "next_cursor": None}


async def test_without_the_condition_a_stranger_would_see_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: it is the merchant in the SQL that keeps strangers out."""
    owner, stranger = await open_shop(world, "shop"), await open_shop(world, "other")
    product = await create(owner)
    find = products.find_product

    async def find_anybodys(db: ReadSession, product_id: UUID, _: Scope) -> products.ProductRow | None:
        return await find(db, product_id, AllMerchants())

    monkeypatch.setattr(products, "find_product", find_anybodys)
    assert (await stranger.get(f"{CONSOLE}/{product['id']}")).json() == product


async def test_another_products_variant_cannot_be_taken(world: World) -> None:
    owner, stranger = await open_shop(world, "shop"), await open_shop(world, "other")
    theirs, mine = await create(owner), await create(stranger)
    skus = [mine["skus"][0], theirs["skus"][0] | {"solo_price_fen": 1}]
    for answer in (
        await stranger.put(f"{CONSOLE}/{mine['id']}", revised(mine, skus=skus)),
        await stranger.post(CONSOLE, PRODUCT | {"skus": skus}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "catalog/unknown-sku")
    twice = await stranger.put(f"{CONSOLE}/{mine['id']}", revised(mine, skus=[mine["skus"][0]] * 2))
    assert (twice.status_code, twice.json()["code"]) == (422, "platform/invalid-request")
    assert (await owner.get(f"{CONSOLE}/{theirs['id']}")).json() == theirs


async def test_the_consoles_list_pages_and_searches(world: World) -> None:
    owner = await open_shop(world)
    names = ["Fragrant rice", "Brown rice", "100% oats", "100g tea", "a_b", "axb", "香米"]
    for name in names:
        await create(owner, name={"en" if name.isascii() else "zh-Hans": name})

    async def found(**params: Any) -> list[str]:
        answer = await owner.get(CONSOLE, **params)
        assert answer.status_code == 200, answer.text
        return [next(iter(item["name"].values())) for item in answer.json()["items"]]

    assert await found() == names[::-1]
    assert await found(q="RICE") == ["Brown rice", "Fragrant rice"]
    assert await found(q="香") == ["香米"]
    assert await found(q="100%") == ["100% oats"]
    assert await found(q="a_b") == ["a_b"]
    assert await found(q="\\") == []
    assert await found(q="zh-Hans") == [], "languages are not names"
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = (await owner.get(CONSOLE, limit=3, **({"cursor": cursor} if cursor else {}))).json()
        seen += [next(iter(item["name"].values())) for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == names[::-1]
    row = (await owner.get(CONSOLE, limit=1)).json()["items"][0]
    assert row["image_url"] == "/media/uploads/rice.webp"
    assert row["updated_at"] == "2026-06-01T04:00:00.000Z"


BAD_LISTS: list[tuple[dict[str, Any], str]] = [
    ({"cursor": "x"}, "platform/bad-cursor"),
    ({"cursor": "WyJ4Il0"}, "platform/bad-cursor"),
    ({"cursor": "x" * 500}, "platform/invalid-request"),
    ({"limit": 0}, "platform/invalid-request"),
    ({"limit": 1000}, "platform/invalid-request"),
    ({"q": "x" * 101}, "platform/invalid-request"),
    ({"q": "\0"}, "platform/invalid-request"),
]


async def test_bad_list_requests_are_refused(world: World) -> None:
    owner = await open_shop(world)
    for params, code in BAD_LISTS:
        answer = await owner.get(CONSOLE, **params)
        assert (answer.status_code, answer.json()["code"]) == (422, code)


BAD_PRODUCTS: list[tuple[dict[str, Any], str]] = [
    ({"category_slug": "nowhere"}, "catalog/unknown-category"),
    ({"list_price_fen": 4589}, "catalog/list-price-too-low"),
    ({"list_price_fen": 0}, "platform/invalid-request"),
    ({"list_price_fen": 10**15}, "platform/invalid-request"),
    ({"list_price_fen": 69.5}, "platform/invalid-request"),
    ({"name": {}}, "platform/invalid-request"),
    ({"name": {"fr": "Riz"}}, "platform/invalid-request"),
    ({"name": {"en": "   "}}, "platform/invalid-request"),
    ({"name": {"en": "x" * 121}}, "platform/invalid-request"),
    ({"name": "Rice"}, "platform/invalid-request"),
    ({"name": {"en": "a\u0000b"}}, "platform/invalid-request"),
    ({"description": {"en": "x" * 4001}}, "platform/invalid-request"),
    ({"images": []}, "platform/invalid-request"),
    ({"images": ["/media/a.webp"] * 10}, "platform/invalid-request"),
    ({"images": ["https://evil.example/a.webp"]}, "platform/invalid-request"),
    ({"images": ["//evil.example/media/a.webp"]}, "platform/invalid-request"),
    ({"images": ["/media/../etc/passwd"]}, "platform/invalid-request"),
    ({"images": ["/media//evil.example/a"]}, "platform/invalid-request"),
    ({"images": ["/media/a.webp?x=javascript:1"]}, "platform/invalid-request"),
    ({"images": ["/media/a.webp\n"]}, "platform/invalid-request"),
    ({"skus": []}, "platform/invalid-request"),
    ({"skus": [PRODUCT["skus"][0] | {"solo_price_fen": 0}]}, "platform/invalid-request"),
    ({"skus": [PRODUCT["skus"][0] | {"solo_price_fen": -5}]}, "platform/invalid-request"),
    ({"skus": [PRODUCT["skus"][0] | {"solo_price_fen": "4590"}]}, "platform/invalid-request"),
    ({"skus": [PRODUCT["skus"][0] | {"solo_price_fen": True}]}, "platform/invalid-request"),
    ({"skus": [PRODUCT["skus"][0] | {"id": "x"}]}, "platform/invalid-request"),
    ({"skus": [PRODUCT["skus"][0]] * 51}, "platform/invalid-request"),
]


async def test_bad_products_are_refused_and_leave_nothing(world: World) -> None:
    owner = await open_shop(world)
    for changes, code in BAD_PRODUCTS:
        answer = await owner.post(CONSOLE, PRODUCT | changes)
        assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
        assert await execute(world, "select count(*) from catalog.product") == [(0,)]


async def test_only_a_merchants_staff_may_write(world: World) -> None:
    owner = await open_shop(world)
    product = await create(owner)
    shopper = await world.sign_in("13800138000")
    nobody = Person(world.client, "x" * 43, uuid4())
    for person in (shopper, nobody):
        for answer in (
            await person.get(CONSOLE),
            await person.post(CONSOLE, PRODUCT),
            await person.put(f"{CONSOLE}/{product['id']}", revised(product)),
            await person.post(f"{CONSOLE}/{product['id']}/publish"),
        ):
            assert answer.status_code == 401


async def test_the_platforms_staff_have_no_products(world: World) -> None:
    accounts = world.composition.facades[AccountsFacade]
    assert isinstance(accounts, AccountsFacade)
    await accounts.add_staff(
        login="root", password="a good password", name="Root", roles=["platform_admin"], merchant_id=None
    )
    root = await world.staff("root", "a good password")
    answer = await root.get(CONSOLE)
    assert (answer.status_code, answer.json()["code"]) == (403, "platform/not-allowed")


NOWHERE = [(str(uuid4()), 404), ("1", 422), ("%00", 422), ("x" * 3000, 422)]


async def test_ids_that_lead_nowhere(world: World) -> None:
    for product_id, status in NOWHERE:
        answer = await world.client.get(f"{CATALOG}/products/{product_id}")
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"


async def test_categories_are_listed_by_position_and_added_again_without_harm(world: World) -> None:
    catalog = catalog_of(world)
    for _ in range(2):
        await catalog.add_category(slug="home", name={"en": "Home"}, icon_url="/media/h.webp", position=2)
        await catalog.add_category(slug="fresh", name={"en": "Fruit"}, icon_url="/media/f.webp", position=1)
    await catalog.add_category(slug="home", name={"en": "House"}, icon_url="/media/h.webp", position=0)
    assert (await world.client.get(f"{CATALOG}/categories")).json() == {
        "items": [
            {"slug": "home", "name": {"en": "House"}, "icon_url": "/media/h.webp"},
            {"slug": "fresh", "name": {"en": "Fruit"}, "icon_url": "/media/f.webp"},
        ]
    }


async def test_a_seeder_adds_published_demo_products(world: World, told: list[ProductChanged]) -> None:
    owner = await open_shop(world)
    draft = ProductDraft(
        name={"en": "Rice"},
        summary={"en": "Rice"},
        description={"en": "Rice"},
        category_slug="pantry",
        images=["/media/rice.webp"],
        list_price_fen=None,
        skus=[SkuDraft(name={"en": "5 kg"}, solo_price_fen=500)],
    )
    snapshot = await catalog_of(world).add_product(
        merchant_id=await merchant_of(owner), product=draft, demo=True, publish=True
    )
    assert [event.product for event in told] == [snapshot]
    shown = (await world.client.get(f"{CATALOG}/products/{snapshot.product_id}")).json()
    assert (shown["demo"], shown["published"]) == (True, True)
    with pytest.raises(ProductNotFound):
        await catalog_of(world).get_product(product_id=UUID(int=1))


async def test_reading_a_product_is_one_query(world: World) -> None:
    owner = await open_shop(world)
    product = await publish(owner, (await create(owner))["id"])
    database = world.composition.running["catalog"].database
    async with database.read() as db:
        asked: list[str] = []
        fetch = db.fetch_value

        async def count(sql: Any, params: Any = ()) -> Any:
            asked.append(sql)
            return await fetch(sql, params)

        db.fetch_value = count  # type: ignore[method-assign]
        document = await products.public_document(db, UUID(product["id"]))
    assert len(asked) == 1
    assert json.loads(document or "") == {field: product[field] for field in product if field != "version"}


@pytest.mark.parametrize("name", ["T恤 有機棉", "a", "Crème 20%_\\ 😀茶", "", " "])
@pytest.mark.parametrize("module", ["catalog", "trade"])
async def test_the_database_has_the_pieces_of_a_name_that_a_search_asks_for(
    world: World, module: str, name: str
) -> None:
    searched = searchable({"zh-Hant": name, "en": "Organic cotton"})
    async with world.composition.running[module].database.read() as db:
        pieces = await db.fetch_value("select grams(%s)", (searched,))
    assert sorted(pieces) == grams([searched])
    assert {piece for word in words_of(name) for piece in grams_of_word(word)} <= set(pieces)
