"""The manifest of `accounts`."""

from collections.abc import Sequence
from functools import partial

from chengtuan.gateways.sms import HttpSmsSender, SmsConfig, SmsSender
from chengtuan.gateways.wechat import MiniProgram, MiniProgramConfig
from chengtuan.modules.accounts.binding import facade_of
from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.modules.accounts.http.routes import routes
from chengtuan.modules.accounts.jobs import jobs
from chengtuan.modules.accounts.models import METADATA
from chengtuan.modules.accounts.passwords import Passwords
from chengtuan.modules.accounts.repository.buyers import BuyerKey, BuyerRow, find_buyers
from chengtuan.modules.accounts.repository.sessions import SessionRow, find_shopper_sessions
from chengtuan.modules.accounts.settings import AccountsSettings
from chengtuan.platform.gather import Gatherer
from chengtuan.platform.module import Built, Dependencies, ModuleManifest


def build(deps: Dependencies) -> Built:
    settings = deps.settings(AccountsSettings)
    ctx = Accounts(
        database=deps.database,
        clock=deps.clock,
        keys=deps.keys,
        rate_limiter=deps.rate_limiter,
        passwords=Passwords(memory_kib=settings.password_memory_kib, rounds=settings.password_rounds),
        settings=settings,
        sms=_sms(deps, settings),
        wechat=_wechat(deps, settings),
        shopper_sessions=Gatherer(partial(_sessions, deps)),
        buyers=Gatherer(partial(_buyers, deps)),
    )
    return Built(routers=[routes(ctx)], facade=facade_of(ctx), jobs=jobs(ctx))


async def _sessions(deps: Dependencies, token_hashes: Sequence[bytes]) -> dict[bytes, SessionRow]:
    async with deps.database.read() as db:
        rows = await find_shopper_sessions(db, token_hashes, deps.clock.now())
    return {bytes(row.token_hash): row for row in rows}


async def _buyers(deps: Dependencies, keys: Sequence[BuyerKey]) -> dict[BuyerKey, BuyerRow]:
    async with deps.database.read() as db:
        rows = await find_buyers(db, keys)
    return {(row.asked_id, row.id): row for row in rows}


def _sms(deps: Dependencies, settings: AccountsSettings) -> SmsSender | None:
    if not settings.sms_base_url or not settings.sms_key:
        return None
    config = SmsConfig(base_url=settings.sms_base_url, key=settings.sms_key)
    return HttpSmsSender(config, deps.outside, deps.clock)


def _wechat(deps: Dependencies, settings: AccountsSettings) -> MiniProgram | None:
    if not settings.wechat_appid or not settings.wechat_secret:
        return None
    config = MiniProgramConfig(
        appid=settings.wechat_appid, secret=settings.wechat_secret, base_url=settings.wechat_base_url
    )
    return MiniProgram(config, deps.outside, deps.clock)


ACCOUNTS = ModuleManifest(
    name="accounts",
    package="chengtuan.modules.accounts",
    metadata=METADATA,
    build=build,
    facade=AccountsFacade,
)
