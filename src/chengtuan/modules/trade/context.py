"""What the use cases of `trade` work with."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from chengtuan.kernel.clock import Clock
from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.modules.catalog.facade import CatalogFacade
from chengtuan.modules.payments.facade import PaymentsFacade
from chengtuan.modules.trade.topics import group_topic
from chengtuan.platform.crypto import KeyRing
from chengtuan.platform.database import Database, WriteSession
from chengtuan.platform.http.hot import HotPages
from chengtuan.platform.live import LiveHub
from chengtuan.platform.rate_limit import RateLimiter


@dataclass
class Trade:
    database: Database
    clock: Clock
    keys: KeyRing
    live: LiveHub
    hot: HotPages
    rate_limiter: RateLimiter
    accounts: AccountsFacade
    payments: PaymentsFacade
    catalog: CatalogFacade

    def announce(self, tx: WriteSession, group_ids: Iterable[UUID]) -> None:
        """Once this transaction has committed, open pages of these groups move."""
        for group_id in group_ids:
            tx.touch(group_topic(group_id))
