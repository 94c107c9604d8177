"""What the tests of `catalog` share."""

from io import BytesIO
from typing import Any
from uuid import UUID

import httpx
import psycopg
from PIL import Image

from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.modules.catalog.facade import CatalogFacade
from chengtuan.modules.merchants.facade import MerchantsFacade
from tests.support.world import Person, World

CATALOG = "/api/v1/catalog"
CONSOLE = f"{CATALOG}/console/products"
PASSWORD = "a good password"
PRODUCT: dict[str, Any] = {
    "name": {"zh-Hant": "當季長粒香米", "en": "Fragrant rice"},
    "summary": {"zh-Hant": "真空小包"},
    "description": {"zh-Hant": "秋收現碾，真空壓成米磚。"},
    "category_slug": "pantry",
    "images": ["/media/uploads/rice.webp", "/media/uploads/rice-2.webp"],
    "list_price_fen": 6900,
    "skus": [
        {"id": None, "name": {"zh-Hant": "5kg"}, "solo_price_fen": 4590},
        {"id": None, "name": {"zh-Hant": "10kg"}, "solo_price_fen": 8590},
    ],
}


def catalog_of(world: World) -> CatalogFacade:
    """What other modules call."""
    facade = world.composition.facades[CatalogFacade]
    assert isinstance(facade, CatalogFacade)
    return facade


async def open_shop(world: World, login: str = "shop") -> Person:
    """A merchant with a category to sell in, and its owner signed in. `merchant_of` tells which."""
    merchants = world.composition.facades[MerchantsFacade]
    accounts = world.composition.facades[AccountsFacade]
    assert isinstance(merchants, MerchantsFacade)
    assert isinstance(accounts, AccountsFacade)
    merchant_id = await merchants.add_merchant(
        name={"zh-Hant": f"山海果園 {login}"}, intro={"zh-Hant": "好米"}, logo_url="/media/l.webp", demo=False
    )
    await accounts.add_staff(
        login=login, password=PASSWORD, name="Lin", roles=["merchant_owner"], merchant_id=merchant_id
    )
    await catalog_of(world).add_category(slug="pantry", name={"zh-Hant": "糧油"}, icon_url="/media/c.webp", position=2)
    return await world.staff(login, PASSWORD)


async def merchant_of(owner: Person) -> UUID:
    return UUID((await owner.get("/api/v1/accounts/staff/me")).json()["merchant_id"])


async def create(owner: Person, **changes: Any) -> dict[str, Any]:
    answer = await owner.post(CONSOLE, PRODUCT | changes)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def revised(product: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """An edit of the product as it was read."""
    return {field: product[field] for field in PRODUCT} | {"version": product["version"]} | changes


async def publish(owner: Person, product_id: str) -> dict[str, Any]:
    answer = await owner.post(f"{CONSOLE}/{product_id}/publish")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def upload(owner: Person, content: bytes, name: str = "photo.jpg") -> httpx.Response:
    return await owner.client.post(
        f"{CATALOG}/console/media",
        files={"file": (name, content, "image/jpeg")},
        headers={"Authorization": f"Bearer {owner.token}"},
    )


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: Any) -> bytes:
    """A red picture with a green upper left quarter."""
    image = Image.new("RGB", size, (200, 20, 20))
    image.paste((20, 200, 20), (0, 0, size[0] // 2, size[1] // 2))
    encoded = BytesIO()
    image.convert(mode).save(encoded, kind, **options)
    return encoded.getvalue()


async def execute(world: World, sql: str, *params: object) -> list[tuple[Any, ...]]:
    """Straight to the database, as no use case can."""
    url = world.environ["CHENGTUAN_DATABASE_URL"]
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        cursor = await connection.execute(sql, params)
        return await cursor.fetchall() if cursor.description else []
