"""What trade does by itself, later. What people's money, seats and goods wait for is never given up."""

from datetime import timedelta

from chengtuan.modules.trade.activities.usecases.release_prices import release_prices
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.flash.moves.end_flash_sale import end_flash_sale
from chengtuan.modules.trade.flash.usecases.forget_what_is_over import forget_holds, forget_turns
from chengtuan.modules.trade.flash.usecases.order_holds import MakeOrder, Waiting, order_holds
from chengtuan.modules.trade.groups.moves.stop_campaigns import stop_dearer_campaign, stop_group
from chengtuan.modules.trade.groups.usecases.cancel_unpaid_order import expire_order
from chengtuan.modules.trade.groups.usecases.close_group import close_group
from chengtuan.modules.trade.groups.usecases.lapse_orders import lapse_orders
from chengtuan.modules.trade.job_kinds import (
    CLOSE_GROUP,
    COMPLETE_ORDER,
    END_FLASH_SALE,
    EXPIRE_ORDER,
    RELEASE_PRICES,
    RETRY_REFUND,
    STOP_DEARER_CAMPAIGN,
    STOP_GROUP,
    SUBMIT_REFUND,
)
from chengtuan.modules.trade.orders.moves.complete_orders import complete_order
from chengtuan.modules.trade.orders.usecases.index_orders import index_orders
from chengtuan.modules.trade.orders.usecases.seal_remarks import seal_remarks
from chengtuan.modules.trade.refunds.usecases.retry_refund import pass_on_retry
from chengtuan.modules.trade.refunds.usecases.submit_refund import submit_refund
from chengtuan.modules.trade.shelf.usecases.refresh_cards import CHECK_EVERY, check_shelf_cards, refresh_cards
from chengtuan.platform.job_handlers import FOR_EVER, Periodic, Task, Timer
from chengtuan.platform.jobs import Job
from chengtuan.platform.loops import Loop


def jobs(ctx: TradeContext) -> list[Timer | Task | Periodic]:
    async def on_expire_order(job: Job) -> None:
        await expire_order(ctx, job)

    async def on_close_group(job: Job) -> None:
        await close_group(ctx, job)

    async def on_submit_refund(job: Job) -> None:
        await submit_refund(ctx, job)

    async def on_retry_refund(job: Job) -> None:
        await pass_on_retry(ctx, job)

    async def on_release_prices(job: Job) -> None:
        await release_prices(ctx, job)

    return [
        *_upkeep(ctx),
        Task(EXPIRE_ORDER, on_expire_order, tries=FOR_EVER),
        Task(CLOSE_GROUP, on_close_group, tries=FOR_EVER),
        Task(SUBMIT_REFUND, on_submit_refund, tries=FOR_EVER),
        Task(RETRY_REFUND, on_retry_refund, tries=FOR_EVER),
        Task(RELEASE_PRICES, on_release_prices, tries=FOR_EVER),
        Timer(STOP_GROUP, stop_group, tries=FOR_EVER),
        Timer(END_FLASH_SALE, end_flash_sale, tries=FOR_EVER),
        Timer(STOP_DEARER_CAMPAIGN, stop_dearer_campaign, tries=FOR_EVER),
        Timer(COMPLETE_ORDER, complete_order),
    ]


def _upkeep(ctx: TradeContext) -> list[Periodic]:
    async def on_index_orders(_: Job) -> None:
        await index_orders(ctx)

    async def on_seal_remarks(_: Job) -> None:
        await seal_remarks(ctx)

    async def on_forget_turns(_: Job) -> None:
        await forget_turns(ctx)

    async def on_forget_holds(_: Job) -> None:
        await forget_holds(ctx)

    async def on_check_cards(_: Job) -> None:
        await check_shelf_cards(ctx)

    return [
        Periodic("check_shelf_cards", on_check_cards, every=CHECK_EVERY, lease=timedelta(minutes=5)),
        Periodic("index_orders", on_index_orders, every=timedelta(hours=1)),
        Periodic("seal_remarks", on_seal_remarks, every=timedelta(hours=1)),
        Periodic("forget_turns", on_forget_turns, every=timedelta(hours=1)),
        Periodic("forget_holds", on_forget_holds, every=timedelta(hours=1)),
    ]


def loops(ctx: TradeContext, waiting: Waiting, make_order: MakeOrder) -> list[Loop]:
    """Marks of the shelf, holds of flash sales and unpaid orders come by the thousand, and one transaction works off
    many."""

    async def on_refresh_cards() -> int:
        return await refresh_cards(ctx)

    async def on_order_holds() -> int:
        return await order_holds(ctx, waiting, make_order)

    async def on_lapse_orders() -> int:
        return await lapse_orders(ctx)

    return [
        Loop("shelf", on_refresh_cards),
        Loop("holds", on_order_holds, pause_s=2.0, bell=waiting.bell),
        Loop("unpaid", on_lapse_orders),
    ]
