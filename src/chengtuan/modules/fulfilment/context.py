"""What the use cases of `fulfilment` work with."""

from dataclasses import dataclass

from chengtuan.gateways.wechat import MiniProgram
from chengtuan.kernel.clock import Clock
from chengtuan.modules.payments.facade import PaymentsFacade
from chengtuan.modules.trade.facade import TradeFacade
from chengtuan.platform.database import Database


@dataclass(frozen=True)
class FulfilmentContext:
    """`wechat` is None where the operator has no mini program."""

    database: Database
    clock: Clock
    trade: TradeFacade
    payments: PaymentsFacade
    wechat: MiniProgram | None
