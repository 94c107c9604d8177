from uuid import UUID

import structlog

from chengtuan.kernel.ids import new_id
from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.domain.staff import FIRST_PASSWORD_LIFETIME, is_login, is_password, normal_login
from chengtuan.modules.accounts.facade import BadLogin, LoginTaken, RolesDoNotFit, WeakPassword
from chengtuan.modules.accounts.repository import staff
from chengtuan.modules.accounts.repository.staff import StaffRow
from chengtuan.platform.permissions import roles_fit

log = structlog.get_logger(__name__)


async def add_staff(
    ctx: Accounts,
    *,
    login: str,
    password: str,
    name: str,
    roles: list[str],
    merchant_id: UUID | None,
    must_change_password: bool = False,
) -> UUID:
    """As the operator of the installation. Raises BadLogin, WeakPassword, LoginTaken, RolesDoNotFit."""
    if not is_password(password):
        raise WeakPassword
    row = await new_staff(
        ctx, login=login, password=password, name=name, roles=roles, merchant_id=merchant_id, first=must_change_password
    )
    async with ctx.database.write() as tx:
        if not await staff.insert_staff(tx, row):
            raise LoginTaken
    log.info("staff_added", staff_id=str(row.id), roles=roles, by="operator")
    return row.id


async def new_staff(
    ctx: Accounts, *, login: str, password: str, name: str, roles: list[str], merchant_id: UUID | None, first: bool
) -> StaffRow:
    """Not stored yet. `first`: the password is to be changed by its owner. Raises BadLogin, RolesDoNotFit."""
    if not roles_fit(roles, merchant_id):
        raise RolesDoNotFit
    if not is_login(normal_login(login)):
        raise BadLogin
    now = ctx.clock.now()
    return StaffRow(
        id=new_id(),
        login=normal_login(login),
        password_hash=await ctx.passwords.hash(password),
        name=name,
        roles=list(dict.fromkeys(roles)),
        merchant_id=merchant_id,
        created_at=now,
        first_password_until=now + FIRST_PASSWORD_LIFETIME if first else None,
    )
