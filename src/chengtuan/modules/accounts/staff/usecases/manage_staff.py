"""Console accounts as the operator of the installation sees them, who may do all of it to everybody."""

import structlog

from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.facade import RolesDoNotFit, StaffAccount, StaffNotFound, WeakPassword
from chengtuan.modules.accounts.sessions.moves import sign_out_everywhere
from chengtuan.modules.accounts.staff import rows as staff
from chengtuan.modules.accounts.staff.rows import StaffRow
from chengtuan.modules.accounts.staff.rules import FIRST_PASSWORD_LIFETIME, is_password, spellings
from chengtuan.platform.database import WriteSession
from chengtuan.platform.permissions import roles_fit

log = structlog.get_logger(__name__)


async def list_staff(ctx: AccountsContext) -> list[StaffAccount]:
    async with ctx.database.read() as db:
        rows = await staff.list_staff(db)
    return [
        StaffAccount(
            staff_id=row.id,
            login=row.login,
            name=row.name,
            roles=row.roles,
            merchant_id=row.merchant_id,
            created_at=row.created_at,
            disabled_at=row.disabled_at,
        )
        for row in rows
    ]


async def set_staff_password(ctx: AccountsContext, *, login: str, password: str) -> None:
    """Raises StaffNotFound, WeakPassword."""
    if not is_password(password):
        raise WeakPassword
    hashed = await ctx.passwords.hash(password)
    async with ctx.database.write() as tx:
        row = await _lock(tx, login)
        await staff.set_first_password(tx, row.id, hashed, ctx.clock.now() + FIRST_PASSWORD_LIFETIME)
        await sign_out_everywhere(tx, row.id)
    _note("staff_password_set", row)


async def set_staff_roles(ctx: AccountsContext, *, login: str, roles: list[str]) -> None:
    """Raises StaffNotFound, RolesDoNotFit."""
    async with ctx.database.write() as tx:
        row = await _lock(tx, login)
        if not roles_fit(roles, row.merchant_id):
            raise RolesDoNotFit
        changed = await staff.set_roles(tx, row.id, row.name, list(dict.fromkeys(roles)))
    if changed:
        _note("staff_changed", row, roles=roles, before=row.roles)


async def disable_staff(ctx: AccountsContext, login: str) -> None:
    """Again changes nothing. Raises StaffNotFound."""
    async with ctx.database.write() as tx:
        row = await _lock(tx, login)
        changed = await staff.disable(tx, row.id)
        await sign_out_everywhere(tx, row.id)
    if changed:
        _note("staff_disabled", row)


async def enable_staff(ctx: AccountsContext, login: str) -> None:
    """Again changes nothing. Raises StaffNotFound, RolesDoNotFit: who had no role that fits is added anew instead."""
    async with ctx.database.write() as tx:
        row = await _lock(tx, login)
        if not roles_fit(row.roles, row.merchant_id):
            raise RolesDoNotFit
        changed = await staff.enable(tx, row.id)
    if changed:
        _note("staff_enabled", row)


async def _lock(tx: WriteSession, login: str) -> StaffRow:
    row = await staff.lock_by_login(tx, spellings(login))
    if row is None:
        raise StaffNotFound
    return row


def _note(event: str, row: StaffRow, **more: object) -> None:
    log.info(event, staff_id=str(row.id), by="operator", **more)
