"""The manifest of `trade`."""

from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.modules.catalog.facade import CatalogFacade, ProductChanged
from chengtuan.modules.payments.facade import (
    PaymentsFacade,
    PaymentSucceeded,
    RefundAbnormal,
    RefundSucceeded,
)
from chengtuan.modules.trade.activities.http.console import console_campaign_routes
from chengtuan.modules.trade.admission.http.routes import admission_routes, flash_preview_routes
from chengtuan.modules.trade.admission.usecases.submit_order import lane_of_submissions, order_hold
from chengtuan.modules.trade.binding import facade_of
from chengtuan.modules.trade.cart.http.routes import cart_routes
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.facade import TradeFacade
from chengtuan.modules.trade.flash.http.console import console_flash_routes
from chengtuan.modules.trade.flash.http.routes import flash_routes
from chengtuan.modules.trade.flash.http.tickets import ticket_routes
from chengtuan.modules.trade.flash.rows.holds import WaitingHold
from chengtuan.modules.trade.flash.usecases.count_draws import Turnstile
from chengtuan.modules.trade.flash.usecases.hold_units import HoldDesk
from chengtuan.modules.trade.flash.usecases.order_holds import Waiting
from chengtuan.modules.trade.freight.http.routes import console_freight_routes
from chengtuan.modules.trade.groups.http.console import console_group_routes
from chengtuan.modules.trade.groups.http.routes import group_routes
from chengtuan.modules.trade.jobs import jobs, loops
from chengtuan.modules.trade.orders.http.console import console_order_routes
from chengtuan.modules.trade.orders.http.routes import order_routes
from chengtuan.modules.trade.orders.usecases.read_order import glance_at_orders
from chengtuan.modules.trade.paying.http.routes import paying_routes
from chengtuan.modules.trade.refunds.http.console import console_refund_routes
from chengtuan.modules.trade.settings import TradeSettings
from chengtuan.modules.trade.shelf.http.routes import shelf_routes
from chengtuan.modules.trade.stock.http.routes import console_stock_routes
from chengtuan.modules.trade.subscribers import subscribers
from chengtuan.platform.module import Built, Dependencies, ModuleManifest


def build(deps: Dependencies) -> Built:
    ctx = deps.context(TradeContext)
    glance = glance_at_orders(ctx)
    submissions = lane_of_submissions(ctx)
    waiting, turnstile = Waiting(), Turnstile(ctx, deps.settings(TradeSettings))

    async def make_order(hold: WaitingHold) -> None:
        await order_hold(ctx, submissions, hold)

    return Built(
        routers=lambda: [
            shelf_routes(ctx),
            cart_routes(ctx),
            group_routes(ctx),
            admission_routes(ctx, submissions, glance),
            paying_routes(ctx, glance),
            order_routes(ctx, glance),
            flash_preview_routes(ctx),
            ticket_routes(ctx, turnstile),
            flash_routes(ctx, HoldDesk(ctx, turnstile, waiting)),
            console_campaign_routes(ctx),
            console_flash_routes(ctx),
            console_group_routes(ctx),
            console_stock_routes(ctx),
            console_freight_routes(ctx),
            console_order_routes(ctx),
            console_refund_routes(ctx),
        ],
        facade=facade_of(ctx),
        subscribers=subscribers(),
        jobs=jobs(ctx),
        loops=loops(ctx, waiting, make_order),
    )


TRADE = ModuleManifest(
    name="trade",
    package="chengtuan.modules.trade",
    build=build,
    facade=TradeFacade,
    needs=(AccountsFacade, PaymentsFacade, CatalogFacade),
    subscribes=(ProductChanged, PaymentSucceeded, RefundSucceeded, RefundAbnormal),
)
