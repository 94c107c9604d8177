from dataclasses import dataclass

from psycopg.types.json import Jsonb

from chengtuan.modules.catalog.context import CATEGORIES
from chengtuan.platform.database import ReadSession, ViewSession, WriteSession


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRow:
    slug: str
    name: dict[str, str]
    icon_url: str


async def list_categories(db: ViewSession) -> list[CategoryRow]:
    return await db.fetch_all(CategoryRow, "select slug, name, icon_url from category order by position, slug")


async def category_exists(db: ReadSession, slug: str) -> bool:
    return await db.fetch_value("select 1 from category where slug = %s", (slug,)) is not None


async def upsert_category(tx: WriteSession, row: CategoryRow, position: int) -> None:
    tx.touch(CATEGORIES)
    await tx.execute(
        "insert into category (slug, name, icon_url, position) values (%s, %s, %s, %s)"
        " on conflict (slug) do update set name = excluded.name, icon_url = excluded.icon_url,"
        " position = excluded.position",
        (row.slug, Jsonb(row.name), row.icon_url, position),
    )
