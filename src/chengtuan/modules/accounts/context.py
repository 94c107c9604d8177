"""What the use cases of `accounts` work with."""

from dataclasses import dataclass

from chengtuan.gateways.sms import SmsSender
from chengtuan.gateways.wechat import MiniProgram
from chengtuan.kernel.clock import Clock
from chengtuan.modules.accounts.settings import AccountsSettings
from chengtuan.platform.crypto import KeyRing
from chengtuan.platform.database import Database
from chengtuan.platform.passwords import Passwords
from chengtuan.platform.rate_limit import RateLimiter


@dataclass(frozen=True)
class AccountsContext:
    """`sms` and `wechat` are None where the operator has not set them up."""

    database: Database
    clock: Clock
    keys: KeyRing
    rate_limiter: RateLimiter
    passwords: Passwords
    settings: AccountsSettings
    sms: SmsSender | None
    wechat: MiniProgram | None
