"""Console accounts as their operator sees them: passwords, and who may sign in at all."""

from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.domain.staff import MAX_PASSWORD, MIN_PASSWORD, normal_login
from chengtuan.modules.accounts.facade import RolesDoNotFit, StaffAccount, StaffNotFound, WeakPassword
from chengtuan.modules.accounts.repository import devices, sessions, staff
from chengtuan.modules.accounts.repository.staff import StaffRow
from chengtuan.platform.database import WriteSession
from chengtuan.platform.permissions import roles_fit


async def list_staff(ctx: Accounts) -> list[StaffAccount]:
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


async def set_staff_password(ctx: Accounts, *, login: str, password: str) -> None:
    """Raises StaffNotFound, WeakPassword."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise WeakPassword
    hashed = await ctx.passwords.hash(password)
    async with ctx.database.write() as tx:
        row = await _lock(tx, login)
        await staff.set_password(tx, row.id, hashed)
        await _sign_out_everywhere(tx, row)


async def disable_staff(ctx: Accounts, login: str) -> None:
    """Raises StaffNotFound."""
    async with ctx.database.write() as tx:
        row = await _lock(tx, login)
        await staff.disable(tx, row.id)
        await _sign_out_everywhere(tx, row)


async def enable_staff(ctx: Accounts, login: str) -> None:
    """Raises StaffNotFound, RolesDoNotFit: who had no role that fits is added anew instead."""
    async with ctx.database.write() as tx:
        row = await _lock(tx, login)
        if not roles_fit(row.roles, row.merchant_id):
            raise RolesDoNotFit
        await staff.enable(tx, row.id)


async def _lock(tx: WriteSession, login: str) -> StaffRow:
    row = await staff.lock_by_login(tx, normal_login(login))
    if row is None:
        raise StaffNotFound
    return row


async def _sign_out_everywhere(tx: WriteSession, row: StaffRow) -> None:
    await sessions.delete_sessions_of(tx, row.id)
    await devices.forget_devices(tx, row.id)
