"""Which product is sent by which template, and what its variants weigh."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from chengtuan.platform.database import ReadSession, WriteSession


@dataclass(frozen=True, slots=True)
class ProductFreight:
    """Version 0: nobody has chosen yet."""

    template_id: UUID | None
    version: int


@dataclass(frozen=True, slots=True)
class SkuWeight:
    """`grams` None: nobody has weighed it."""

    sku_id: UUID
    name: dict[str, str]
    grams: int | None


_WEIGHTS = (
    "select s.sku_id, s.name, w.grams from listing_sku s left join sku_weight w using (sku_id)"
    " where s.product_id = %s and s.active order by s.position"
)


async def freight_of_product(
    db: ReadSession | WriteSession, product_id: UUID
) -> tuple[ProductFreight, list[SkuWeight]]:
    """With its variants on sale, in their order."""
    found, weights = await db.fetch_each(
        (ProductFreight, "select template_id, version from product_freight where product_id = %s", (product_id,)),
        (
            SkuWeight,
            _WEIGHTS,
            (product_id,),
        ),
    )
    return found[0] if found else ProductFreight(None, 0), weights


async def choose_template(tx: WriteSession, product_id: UUID, template_id: UUID | None, version: int) -> bool:
    """Store the version after `version`. False if that is not what stands there (any more)."""
    if version == 0:
        return bool(
            await tx.execute(
                "insert into product_freight (product_id, template_id, version) values (%s, %s, 1)"
                " on conflict (product_id) do nothing",
                (product_id, template_id),
            )
        )
    return bool(
        await tx.execute(
            "update product_freight set template_id = %s, version = version + 1 where product_id = %s and version = %s",
            (template_id, product_id, version),
        )
    )


async def weigh(tx: WriteSession, grams: Mapping[UUID, int | None]) -> None:
    """What one piece of each variant weighs; None where that is not known any more."""
    await tx.execute(
        "delete from sku_weight where sku_id = any(%s)", ([sku_id for sku_id, known in grams.items() if known is None],)
    )
    await tx.execute_many(
        "insert into sku_weight (sku_id, grams) values (%s, %s)"
        " on conflict (sku_id) do update set grams = excluded.grams",
        sorted((sku_id, known) for sku_id, known in grams.items() if known is not None),
    )
