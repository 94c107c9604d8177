"""The facade's implementation: each operation is one use case."""

from uuid import UUID

from chengtuan.modules.merchants.context import Merchants
from chengtuan.modules.merchants.facade import Merchant, MerchantsFacade
from chengtuan.modules.merchants.usecases.add_merchant import add_merchant
from chengtuan.modules.merchants.usecases.get_merchant import get_merchant


class MerchantsBinding(MerchantsFacade):
    def __init__(self, ctx: Merchants) -> None:
        self._ctx = ctx

    async def get_merchant(self, *, merchant_id: UUID) -> Merchant:
        return await get_merchant(self._ctx, merchant_id)

    async def add_merchant(self, *, name: dict[str, str], intro: dict[str, str], logo_url: str, demo: bool) -> UUID:
        return await add_merchant(self._ctx, name=name, intro=intro, logo_url=logo_url, demo=demo)
