"""What the use cases of `trade` work with."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from chengtuan.kernel.clock import Clock
from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.modules.catalog.facade import CatalogFacade
from chengtuan.modules.payments.facade import PaymentsFacade
from chengtuan.modules.trade.domain.wish import Outdated
from chengtuan.modules.trade.repository.order_views import OrderView
from chengtuan.modules.trade.repository.refunds import Refund
from chengtuan.platform.combiner import Lanes
from chengtuan.platform.crypto import KeyRing
from chengtuan.platform.database import Database, WriteSession
from chengtuan.platform.gather import Gatherer
from chengtuan.platform.http.hot import HotPages
from chengtuan.platform.live import LiveHub
from chengtuan.platform.rate_limit import RateLimiter

if TYPE_CHECKING:
    from chengtuan.modules.trade.usecases.submit_order import Submission


def group_topic(group_id: UUID) -> str:
    """Where open pages listen for a group's changes."""
    return f"group:{group_id}"


@dataclass
class Trade:
    """`submissions` writes hot rows in batches, `orders` reads in batches what a page shows of an order."""

    database: Database
    clock: Clock
    keys: KeyRing
    live: LiveHub
    hot: HotPages
    rate_limiter: RateLimiter
    accounts: AccountsFacade
    payments: PaymentsFacade
    catalog: CatalogFacade
    submissions: "Lanes[Submission, UUID | Outdated]"
    orders: Gatherer[UUID, tuple[OrderView, list[Refund]]]

    def announce(self, tx: WriteSession, group_ids: Iterable[UUID]) -> None:
        """Once this transaction has committed, open pages of these groups move."""
        for group_id in group_ids:
            tx.after_commit(partial(self.live.publish, group_topic(group_id)))
