"""The manifest of `accounts`."""

from chengtuan.modules.accounts.addresses.http.routes import address_routes
from chengtuan.modules.accounts.binding import facade_of
from chengtuan.modules.accounts.codes.http.routes import code_routes
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.modules.accounts.jobs import jobs
from chengtuan.modules.accounts.people.http.routes import profile_routes
from chengtuan.modules.accounts.settings import AccountsSettings
from chengtuan.modules.accounts.signing_in.http.routes import session_routes
from chengtuan.modules.accounts.staff.http.colleagues import colleague_routes
from chengtuan.modules.accounts.staff.http.own_account import own_account_routes
from chengtuan.modules.accounts.unions.http.routes import union_routes
from chengtuan.platform.module import Built, Dependencies, ModuleManifest
from chengtuan.platform.passwords import Passwords


def build(deps: Dependencies) -> Built:
    settings = deps.settings(AccountsSettings)
    ctx = deps.context(
        AccountsContext,
        passwords=Passwords(memory_kib=settings.password_memory_kib, rounds=settings.password_rounds),
        settings=settings,
        sms=settings.sms_sender(deps.outside, deps.clock),
        wechat=settings.mini_program(deps.outside, deps.clock),
    )
    return Built(
        routers=lambda: [
            code_routes(ctx),
            session_routes(ctx),
            profile_routes(ctx),
            union_routes(ctx),
            address_routes(ctx),
            own_account_routes(ctx),
            colleague_routes(ctx),
        ],
        facade=facade_of(ctx),
        jobs=jobs(ctx),
    )


ACCOUNTS = ModuleManifest(
    name="accounts",
    package="chengtuan.modules.accounts",
    build=build,
    facade=AccountsFacade,
)
