from uuid import UUID

from chengtuan.kernel.ids import new_id
from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.domain.staff import normal_login
from chengtuan.modules.accounts.facade import LoginTaken, RolesDoNotFit
from chengtuan.modules.accounts.repository import staff
from chengtuan.modules.accounts.repository.staff import StaffRow
from chengtuan.platform.permissions import roles_fit


async def add_staff(
    ctx: Accounts, *, login: str, password: str, name: str, roles: list[str], merchant_id: UUID | None
) -> UUID:
    """Raises LoginTaken, RolesDoNotFit."""
    if not roles_fit(roles, merchant_id):
        raise RolesDoNotFit
    row = StaffRow(
        id=new_id(),
        login=normal_login(login),
        password_hash=await ctx.passwords.hash(password),
        name=name,
        roles=roles,
        merchant_id=merchant_id,
        created_at=ctx.clock.now(),
    )
    async with ctx.database.write() as tx:
        if not await staff.insert_staff(tx, row):
            raise LoginTaken
    return row.id
