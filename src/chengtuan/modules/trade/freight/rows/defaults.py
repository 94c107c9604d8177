"""By which template a merchant's new products are sent."""

from uuid import UUID

from psycopg.errors import ForeignKeyViolation

from chengtuan.modules.trade.freight.problems import FreightTemplateNotFound
from chengtuan.platform.database import WriteSession


async def set_default(tx: WriteSession, merchant_id: UUID, template_id: UUID | None) -> None:
    """None: new products are sent by none. Raises FreightTemplateNotFound if it was removed this moment."""
    if template_id is None:
        await tx.execute("delete from freight_default where merchant_id = %s", (merchant_id,))
        return
    try:
        await tx.execute(
            "insert into freight_default (merchant_id, template_id) values (%s, %s)"
            " on conflict (merchant_id) do update set template_id = excluded.template_id",
            (merchant_id, template_id),
        )
    except ForeignKeyViolation as error:
        raise FreightTemplateNotFound from error


async def begin_with_default(tx: WriteSession, product_id: UUID) -> None:
    """What is listed for the first time is sent as its merchant's new products are."""
    await tx.execute(
        "insert into product_freight (product_id, template_id, version, updated_at)"
        " select l.product_id, d.template_id, 1, %s from listing l join freight_default d using (merchant_id)"
        " where l.product_id = %s on conflict (product_id) do nothing",
        (tx.clock.now(), product_id),
    )
