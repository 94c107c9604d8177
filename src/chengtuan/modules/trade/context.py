"""What the use cases of `trade` work with."""

from dataclasses import dataclass

from chengtuan.kernel.clock import Clock
from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.modules.catalog.facade import CatalogFacade
from chengtuan.modules.payments.facade import PaymentsFacade
from chengtuan.platform.crypto import KeyRing
from chengtuan.platform.database import Database
from chengtuan.platform.http.closed import ClosedDoors
from chengtuan.platform.http.hot import HotPages
from chengtuan.platform.http.waiting import WaitingRoom
from chengtuan.platform.live import LiveHub
from chengtuan.platform.rate_limit import RateLimiter


@dataclass
class TradeContext:
    database: Database
    clock: Clock
    keys: KeyRing
    live: LiveHub
    hot: HotPages
    closed: ClosedDoors
    waiting: WaitingRoom
    rate_limiter: RateLimiter
    accounts: AccountsFacade
    payments: PaymentsFacade
    catalog: CatalogFacade
