"""The manifest of `trade`."""

from collections.abc import Sequence
from uuid import UUID

from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.modules.catalog.facade import CatalogFacade, ProductChanged
from chengtuan.modules.payments.facade import (
    PaymentsFacade,
    PaymentSucceeded,
    RefundAbnormal,
    RefundSucceeded,
)
from chengtuan.modules.trade.binding import TradeBinding
from chengtuan.modules.trade.context import Trade
from chengtuan.modules.trade.facade import TradeFacade
from chengtuan.modules.trade.http.console_orders import console_order_routes
from chengtuan.modules.trade.http.console_routes import console_routes
from chengtuan.modules.trade.http.console_stock import console_stock_routes
from chengtuan.modules.trade.http.order_routes import order_routes
from chengtuan.modules.trade.http.public_routes import public_routes
from chengtuan.modules.trade.jobs import jobs
from chengtuan.modules.trade.models import METADATA
from chengtuan.modules.trade.repository.order_views import OrderView, find_orders
from chengtuan.modules.trade.repository.refunds import Refund
from chengtuan.modules.trade.subscribers import subscribers
from chengtuan.modules.trade.usecases.submit_order import Answer, Submission, take_free_orders, take_orders
from chengtuan.platform.combiner import HeldUp, Lanes
from chengtuan.platform.gather import Gatherer
from chengtuan.platform.module import Built, Dependencies, ModuleManifest

_LANES = 3
"""Transactions that take orders at the same time in one process; more only contend."""


def build(deps: Dependencies) -> Built:
    async def run(batch: Sequence[Submission]) -> list[Answer]:
        return await take_orders(ctx, batch)

    async def run_free(batch: Sequence[Submission]) -> list[Answer | HeldUp]:
        return await take_free_orders(ctx, batch)

    async def find(order_ids: Sequence[UUID]) -> dict[UUID, tuple[OrderView, list[Refund]]]:
        async with deps.database.read() as db:
            orders, refunds = await find_orders(db, order_ids)
        return {order.id: (order, [r for r in refunds if r.order_id == order.id]) for order in orders}

    ctx = Trade(
        database=deps.database,
        clock=deps.clock,
        keys=deps.keys,
        live=deps.live,
        hot=deps.hot,
        rate_limiter=deps.rate_limiter,
        accounts=deps.facade(AccountsFacade),
        payments=deps.facade(PaymentsFacade),
        catalog=deps.facade(CatalogFacade),
        submissions=Lanes(run, _LANES, run_free),
        orders=Gatherer(find),
    )
    return Built(
        routers=[
            public_routes(ctx),
            order_routes(ctx),
            console_routes(ctx),
            console_stock_routes(ctx),
            console_order_routes(ctx),
        ],
        facade=TradeBinding(ctx),
        subscribers=subscribers(ctx),
        jobs=jobs(ctx),
    )


TRADE = ModuleManifest(
    name="trade",
    package="chengtuan.modules.trade",
    metadata=METADATA,
    build=build,
    facade=TradeFacade,
    needs=(AccountsFacade, PaymentsFacade, CatalogFacade),
    subscribes=(ProductChanged, PaymentSucceeded, RefundSucceeded, RefundAbnormal),
)
