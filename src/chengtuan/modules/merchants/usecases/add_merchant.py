from uuid import UUID

from chengtuan.kernel.ids import new_id
from chengtuan.modules.merchants import rows
from chengtuan.modules.merchants.context import MerchantsContext
from chengtuan.modules.merchants.facade import Merchant


async def add_merchant(
    ctx: MerchantsContext, *, name: dict[str, str], intro: dict[str, str], logo_url: str, demo: bool
) -> UUID:
    merchant = Merchant(id=new_id(), name=name, intro=intro, logo_url=logo_url, demo=demo)
    async with ctx.database.write() as tx:
        await rows.insert_merchant(tx, merchant)
    return merchant.id
