"""All SQL of `merchants`."""

from uuid import UUID

from psycopg.types.json import Jsonb

from chengtuan.modules.merchants.context import merchant_topic
from chengtuan.modules.merchants.facade import Merchant
from chengtuan.platform.database import ReadSession, WriteSession


async def find_merchant(db: ReadSession, merchant_id: UUID) -> Merchant | None:
    return await db.fetch_one(
        Merchant, "select id, name, intro, logo_url, demo from merchant where id = %s", (merchant_id,)
    )


async def insert_merchant(tx: WriteSession, merchant: Merchant) -> None:
    tx.touch(merchant_topic(merchant.id))
    await tx.execute(
        "insert into merchant (id, name, intro, logo_url, demo, created_at) values (%s, %s, %s, %s, %s, %s)",
        (
            merchant.id,
            Jsonb(merchant.name),
            Jsonb(merchant.intro),
            merchant.logo_url,
            merchant.demo,
            tx.clock.now(),
        ),
    )
