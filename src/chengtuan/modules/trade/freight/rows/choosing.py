"""Choosing by which template products are sent, and weighing them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from psycopg.errors import ForeignKeyViolation

from chengtuan.kernel.editors import Editor
from chengtuan.modules.trade.freight.problems import FreightTemplateNotFound
from chengtuan.modules.trade.topics import offer_topic
from chengtuan.platform.database import WriteSession


async def count_own(tx: WriteSession, merchant_id: UUID, product_ids: Collection[UUID]) -> int:
    """How many of these are this merchant's."""
    return int(
        await tx.fetch_value(
            "select count(*) from listing where merchant_id = %s and product_id = any(%s)",
            (merchant_id, list(product_ids)),
        )
    )


@dataclass(frozen=True, slots=True)
class Unweighed:
    sku_id: UUID
    product_id: UUID


async def find_unweighed(tx: WriteSession, product_ids: Collection[UUID]) -> Unweighed | None:
    """A variant on sale that nobody has weighed."""
    return await tx.fetch_one(
        Unweighed,
        "select s.sku_id, s.product_id from listing_sku s left join sku_weight w using (sku_id)"
        " where s.product_id = any(%s) and s.active and w.sku_id is null order by s.product_id, s.position limit 1",
        (list(product_ids),),
    )


@dataclass(frozen=True, slots=True)
class _Product:
    product_id: UUID


async def choose_template(
    tx: WriteSession, versions: Mapping[UUID, int], template_id: UUID | None, editor: Editor
) -> set[UUID]:
    """Store the versions after these, for products that still have them; which those were.

    Raises FreightTemplateNotFound if it was removed this moment.
    """
    ids = sorted(versions)
    try:
        chosen = await tx.fetch_all(
            _Product,
            "insert into product_freight as p (product_id, template_id, version, updated_at, staff_id, staff_name)"
            " select w.product_id, %(template)s, w.version + 1, %(now)s, %(staff)s, %(name)s"
            " from unnest(%(ids)s::uuid[], %(versions)s::int[]) w(product_id, version)"
            " where w.version = 0 or exists (select from product_freight o where o.product_id = w.product_id)"
            " order by w.product_id on conflict (product_id) do update set template_id = excluded.template_id,"
            " version = excluded.version, updated_at = excluded.updated_at, staff_id = excluded.staff_id,"
            " staff_name = excluded.staff_name where p.version = excluded.version - 1 returning p.product_id",
            {
                "template": template_id,
                "now": tx.clock.now(),
                "staff": editor.staff_id,
                "name": editor.name,
                "ids": ids,
                "versions": [versions[product_id] for product_id in ids],
            },
        )
    except ForeignKeyViolation as error:
        raise FreightTemplateNotFound from error
    tx.touch(*(offer_topic(row.product_id) for row in chosen))
    return {row.product_id for row in chosen}


@dataclass(frozen=True, slots=True)
class _Version:
    product_id: UUID
    version: int


async def versions_of(tx: WriteSession, template_id: UUID) -> dict[UUID, int]:
    """The products that are sent by it, with the version of what was chosen for each."""
    rows = await tx.fetch_all(
        _Version, "select product_id, version from product_freight where template_id = %s", (template_id,)
    )
    return {row.product_id: row.version for row in rows}


@dataclass(frozen=True, slots=True)
class _Name:
    name: dict[str, str]


async def names_of(tx: WriteSession, product_ids: Collection[UUID]) -> list[dict[str, str]]:
    if not product_ids:
        return []
    rows = await tx.fetch_all(
        _Name, "select name from listing where product_id = any(%s) order by product_id desc", (list(product_ids),)
    )
    return [row.name for row in rows]


async def weigh(tx: WriteSession, grams: Mapping[UUID, int | None]) -> None:
    """What one piece of each variant weighs; None where that is not known any more."""
    await tx.execute_many(
        "delete from sku_weight where sku_id = %s",
        sorted((sku_id,) for sku_id, known in grams.items() if known is None),
    )
    await tx.execute_many(
        "insert into sku_weight (sku_id, grams) values (%s, %s)"
        " on conflict (sku_id) do update set grams = excluded.grams",
        sorted((sku_id, known) for sku_id, known in grams.items() if known is not None),
    )
