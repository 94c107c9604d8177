"""What the use cases of `payments` work with."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from chengtuan.gateways.wechat import WeChatPay
from chengtuan.kernel.clock import Clock
from chengtuan.modules.payments.rules.judgement import Outcome
from chengtuan.modules.payments.rules.notice import Settlement
from chengtuan.modules.payments.rules.payment import Channel, Opening, Payment
from chengtuan.platform.combiner import Combiner
from chengtuan.platform.crypto import KeyRing
from chengtuan.platform.database import Database
from chengtuan.platform.pace import Pace


@dataclass(frozen=True)
class PaymentsContext:
    """`appids` are our applications at the provider; `refund_pace` bounds refund requests.

    `own_origins` are where a payment may lead back to.
    `openings`, `tickets` and `settlements` write what happens to many payments at the same time in batches.
    """

    database: Database
    clock: Clock
    keys: KeyRing
    provider: WeChatPay
    appids: Mapping[Channel, str]
    refund_pace: Pace
    own_origins: frozenset[str]
    openings: Combiner[Opening, Payment]
    tickets: Combiner[tuple[UUID, str], bool]
    settlements: Combiner[Settlement, Outcome]
