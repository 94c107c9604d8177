from uuid import UUID

import structlog

from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.facade import LoginTaken, WeakPassword
from chengtuan.modules.accounts.staff import rows as staff
from chengtuan.modules.accounts.staff.rules import is_password
from chengtuan.modules.accounts.staff.usecases.prepare_staff import prepare_staff

log = structlog.get_logger(__name__)


async def add_staff(
    ctx: AccountsContext,
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
    row = await prepare_staff(
        ctx, login=login, password=password, name=name, roles=roles, merchant_id=merchant_id, first=must_change_password
    )
    async with ctx.database.write() as tx:
        if not await staff.insert_staff(tx, row):
            raise LoginTaken
    log.info("staff_added", staff_id=str(row.id), roles=roles, by="operator")
    return row.id
