"""The only part of `merchants` that other modules may import."""

from chengtuan.modules.merchants.facade.contracts import Merchant
from chengtuan.modules.merchants.facade.interface import MerchantsFacade
from chengtuan.modules.merchants.facade.problems import MerchantNotFound

__all__ = ["Merchant", "MerchantNotFound", "MerchantsFacade"]
