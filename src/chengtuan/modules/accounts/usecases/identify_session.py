from uuid import UUID

from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.domain.sessions import LIFETIME, RENEW_AFTER, SessionKind, token_hash
from chengtuan.modules.accounts.facade import StaffIdentity
from chengtuan.modules.accounts.repository import sessions


async def identify_shopper(ctx: Accounts, token: str) -> UUID | None:
    """Asked by every signed-in request: one read, and a write at most once a day."""
    hashed = token_hash(token)
    if hashed is None:
        return None
    session = await ctx.shopper_sessions.find(hashed)
    if session is None:
        return None
    now = ctx.clock.now()
    if now - session.renewed_at >= RENEW_AFTER:
        expires_at = now + LIFETIME[SessionKind.SHOPPER]
        async with ctx.database.write() as tx:
            await sessions.renew_session(tx, hashed, last_renewed=session.renewed_at, expires_at=expires_at)
    return session.subject_id


async def identify_staff(ctx: Accounts, token: str) -> StaffIdentity | None:
    """A staff session is not prolonged: it is one working day, and then the password is asked again."""
    hashed = token_hash(token)
    if hashed is None:
        return None
    async with ctx.database.read() as db:
        staff = await sessions.find_staff_session(db, hashed, ctx.clock.now())
    if staff is None:
        return None
    return StaffIdentity(staff_id=staff.staff_id, merchant_id=staff.merchant_id, roles=staff.roles, name=staff.name)
