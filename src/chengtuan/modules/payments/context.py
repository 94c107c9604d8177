"""What the use cases of `payments` work with."""

from collections.abc import Mapping
from dataclasses import dataclass

from chengtuan.gateways.wechat import WeChatPay
from chengtuan.kernel.clock import Clock
from chengtuan.modules.payments.domain.payment import Channel
from chengtuan.modules.payments.pace import Pace
from chengtuan.platform.database import Database


@dataclass(frozen=True)
class Payments:
    """`appids` are our applications at the provider; `refund_pace` bounds refund requests."""

    database: Database
    clock: Clock
    provider: WeChatPay
    appids: Mapping[Channel, str]
    refund_pace: Pace
