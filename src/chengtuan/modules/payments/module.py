"""The manifest of `payments`."""

from chengtuan.gateways.wechat import WeChatPay
from chengtuan.modules.payments.binding import PaymentsBinding
from chengtuan.modules.payments.context import Payments
from chengtuan.modules.payments.domain.payment import Channel
from chengtuan.modules.payments.facade import PaymentsFacade
from chengtuan.modules.payments.http.routes import routes
from chengtuan.modules.payments.jobs import jobs
from chengtuan.modules.payments.models import METADATA
from chengtuan.modules.payments.pace import Pace
from chengtuan.modules.payments.repository.ledger import add_accounts
from chengtuan.modules.payments.settings import PaymentsSettings
from chengtuan.platform.module import Built, Dependencies, ModuleManifest

REFUNDS_PER_SECOND = 50
"""In this process; the provider allows 150 to all of them together."""


def build(deps: Dependencies) -> Built:
    config = deps.settings(PaymentsSettings).wechat_pay()
    ctx = Payments(
        database=deps.database,
        clock=deps.clock,
        provider=WeChatPay(config, deps.outside, deps.clock),
        appids={Channel.JSAPI: config.appid, Channel.H5: config.appid_for_h5},
        refund_pace=Pace(REFUNDS_PER_SECOND),
    )

    async def start() -> None:
        async with ctx.database.write() as tx:
            await add_accounts(tx)

    return Built(routers=[routes(ctx)], facade=PaymentsBinding(ctx), jobs=jobs(ctx), start=start)


PAYMENTS = ModuleManifest(
    name="payments",
    package="chengtuan.modules.payments",
    metadata=METADATA,
    build=build,
    facade=PaymentsFacade,
)
