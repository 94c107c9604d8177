"""What the use cases of `messaging` work with."""

from collections.abc import Mapping
from dataclasses import dataclass

from chengtuan.gateways.sms import SmsSender
from chengtuan.gateways.wechat import MiniProgram
from chengtuan.kernel.clock import Clock
from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.modules.messaging.rules.notices import NoticeTemplate
from chengtuan.modules.messaging.settings import SubscribeTemplate
from chengtuan.platform.database import Database


@dataclass(frozen=True)
class MessagingContext:
    """`sms` is None where text messages are not set up or switched off, `wechat` without a mini program."""

    database: Database
    clock: Clock
    accounts: AccountsFacade
    sms: SmsSender | None
    wechat: MiniProgram | None
    templates: Mapping[NoticeTemplate, SubscribeTemplate]
