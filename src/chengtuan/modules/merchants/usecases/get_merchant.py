from uuid import UUID

from chengtuan.modules.merchants import rows
from chengtuan.modules.merchants.context import MerchantsContext
from chengtuan.modules.merchants.facade import Merchant, MerchantNotFound


async def get_merchant(ctx: MerchantsContext, merchant_id: UUID) -> Merchant:
    """Raises MerchantNotFound."""
    async with ctx.database.read() as db:
        merchant = await rows.find_merchant(db, merchant_id)
    if merchant is None:
        raise MerchantNotFound
    return merchant
