"""What the use cases of `catalog` work with."""

from dataclasses import dataclass

from chengtuan.kernel.clock import Clock
from chengtuan.modules.catalog.pictures import PictureStore
from chengtuan.modules.merchants.facade import MerchantsFacade
from chengtuan.platform.database import Database
from chengtuan.platform.rate_limit import RateLimiter


@dataclass(frozen=True)
class Catalog:
    database: Database
    clock: Clock
    rate_limiter: RateLimiter
    merchants: MerchantsFacade
    pictures: PictureStore
