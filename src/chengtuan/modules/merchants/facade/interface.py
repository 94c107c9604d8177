from abc import abstractmethod
from uuid import UUID

from chengtuan.modules.merchants.facade.contracts import Merchant
from chengtuan.platform.facades import Facade, operation


class MerchantsFacade(Facade):
    """Shops and who is behind them."""

    module = "merchants"

    @operation
    @abstractmethod
    async def get_merchant(self, *, merchant_id: UUID) -> Merchant:
        """Raises MerchantNotFound."""

    @operation
    @abstractmethod
    async def add_merchant(self, *, name: dict[str, str], intro: dict[str, str], logo_url: str, demo: bool) -> UUID:
        """Admit a merchant; the new id."""
