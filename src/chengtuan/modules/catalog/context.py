"""What the use cases of `catalog` work with."""

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from chengtuan.kernel.clock import Clock
from chengtuan.modules.merchants.facade import MerchantsFacade
from chengtuan.platform.database import Database, WriteSession
from chengtuan.platform.http.hot import HotPages
from chengtuan.platform.live import LiveHub
from chengtuan.platform.rate_limit import RateLimiter

CATEGORIES = "categories"


def product_topic(product_id: UUID) -> str:
    """Where a product's changes are announced."""
    return f"product:{product_id}"


@dataclass(frozen=True)
class CatalogContext:
    database: Database
    clock: Clock
    live: LiveHub
    hot: HotPages
    rate_limiter: RateLimiter
    merchants: MerchantsFacade

    def announce(self, tx: WriteSession, product_id: UUID) -> None:
        """Once this transaction has committed, nobody is shown the product as it was."""
        tx.after_commit(partial(self.live.publish, product_topic(product_id)))
