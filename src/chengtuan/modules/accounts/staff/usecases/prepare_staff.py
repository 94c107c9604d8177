from uuid import UUID

from chengtuan.kernel.ids import new_id
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.facade import BadLogin, RolesDoNotFit
from chengtuan.modules.accounts.staff.rows import StaffRow
from chengtuan.modules.accounts.staff.rules import FIRST_PASSWORD_LIFETIME, is_login, normal_login
from chengtuan.platform.permissions import roles_fit


async def prepare_staff(
    ctx: AccountsContext,
    *,
    login: str,
    password: str,
    name: str,
    roles: list[str],
    merchant_id: UUID | None,
    first: bool,
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
