"""The manifest of `payments`."""

from collections.abc import Sequence
from uuid import UUID

from chengtuan.gateways.wechat import WeChatPay
from chengtuan.kernel.problems import Problem
from chengtuan.modules.payments.binding import facade_of
from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.facade import PaymentsFacade
from chengtuan.modules.payments.http.routes import routes
from chengtuan.modules.payments.jobs import jobs
from chengtuan.modules.payments.rows.ledger import add_accounts
from chengtuan.modules.payments.rules.judgement import Outcome
from chengtuan.modules.payments.rules.notice import Settlement
from chengtuan.modules.payments.rules.payment import Channel, Opening, Payment
from chengtuan.modules.payments.settings import PaymentsSettings
from chengtuan.modules.payments.usecases.open_payment import keep_payments, keep_tickets
from chengtuan.modules.payments.usecases.settle_payment import settle_payments
from chengtuan.platform.combiner import Combiner
from chengtuan.platform.module import Built, Dependencies, ModuleManifest
from chengtuan.platform.pace import Pace

REFUND_CALLS_PER_SECOND = 100
"""Of all processes together; the provider allows 150."""


def build(deps: Dependencies) -> Built:
    settings = deps.settings(PaymentsSettings)
    config = settings.wechat_pay()

    async def keep_opened(batch: Sequence[Opening]) -> list[Payment | Problem]:
        return await keep_payments(ctx, batch)

    async def keep_handed_over(batch: Sequence[tuple[UUID, str]]) -> list[bool]:
        return await keep_tickets(ctx, batch)

    async def settle(batch: Sequence[Settlement]) -> list[Outcome]:
        return await settle_payments(ctx, batch)

    ctx = deps.context(
        PaymentsContext,
        provider=WeChatPay(config, deps.outside, deps.clock),
        appids={Channel.JSAPI: config.appid, Channel.H5: config.appid_for_h5},
        refund_pace=Pace(deps.database, "refunds", per_second=REFUND_CALLS_PER_SECOND),
        own_origins=settings.own_origins,
        openings=Combiner(keep_opened),
        tickets=Combiner(keep_handed_over),
        settlements=Combiner(settle),
    )

    async def start() -> None:
        async with ctx.database.write() as tx:
            await add_accounts(tx)

    return Built(routers=lambda: [routes(ctx)], facade=facade_of(ctx), jobs=jobs(ctx), start=start)


PAYMENTS = ModuleManifest(
    name="payments",
    package="chengtuan.modules.payments",
    build=build,
    facade=PaymentsFacade,
)
