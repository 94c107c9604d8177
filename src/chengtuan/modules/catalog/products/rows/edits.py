"""Who changed which fields of a product, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.kernel.editors import Editor
from chengtuan.modules.catalog.products.rows.products import ProductRow
from chengtuan.platform.database import ReadSession, WriteSession


@dataclass(frozen=True, slots=True)
class Edit:
    """`version` is the one that this edit made."""

    version: int
    fields: list[str]
    staff_name: str
    at: datetime


async def insert_edit(tx: WriteSession, row: ProductRow, fields: Sequence[str], editor: Editor) -> None:
    """Remember who made this version of the product."""
    await tx.execute(
        "insert into product_edit (product_id, version, fields, staff_id, staff_name, at)"
        " values (%s, %s, %s, %s, %s, %s)",
        (row.id, row.version, list(fields), editor.staff_id, editor.name, row.updated_at),
    )


async def edits_since(db: ReadSession | WriteSession, product_id: UUID, version: int) -> list[Edit]:
    """What was changed after `version` was made, the oldest first."""
    return await db.fetch_all(
        Edit,
        "select version, fields, staff_name, at from product_edit where product_id = %s and version > %s"
        " order by version limit 50",
        (product_id, version),
    )
