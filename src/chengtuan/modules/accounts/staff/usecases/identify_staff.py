from dataclasses import dataclass
from datetime import datetime

from chengtuan.kernel.problems import NotSignedIn
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.facade import StaffIdentity
from chengtuan.modules.accounts.sessions.rows import sessions
from chengtuan.modules.accounts.sessions.rules import SPANS, SessionKind, token_hash
from chengtuan.modules.accounts.staff import rows as staff_rows
from chengtuan.modules.accounts.staff.rows import StaffRow


async def identify_staff(ctx: AccountsContext, token: str) -> StaffIdentity | None:
    """Prolonged by use, up to an end that is fixed when the password is typed."""
    hashed = token_hash(token)
    if hashed is None:
        return None
    async with ctx.database.read() as db:
        staff = await staff_rows.find_staff_session(db, hashed, ctx.clock.now())
    if staff is None:
        return None
    now, span = ctx.clock.now(), SPANS[SessionKind.STAFF]
    expires_at = span.expiry(now, staff.created_at)
    if now - staff.renewed_at >= span.renew_after and expires_at > staff.expires_at:
        async with ctx.database.write() as tx:
            await sessions.renew_session(tx, hashed, last_renewed=staff.renewed_at, expires_at=expires_at)
    return StaffIdentity(
        staff_id=staff.staff_id,
        merchant_id=staff.merchant_id,
        roles=staff.roles,
        name=staff.name,
        must_change_password=staff.must_change_password,
    )


@dataclass(frozen=True, slots=True)
class StaffSessionState:
    """`expires_at` moves while the session is used, up to `ends_at`."""

    staff: StaffRow
    expires_at: datetime
    ends_at: datetime | None


async def read_staff_session(ctx: AccountsContext, token: str) -> StaffSessionState:
    """Raises NotSignedIn."""
    hashed = token_hash(token)
    if hashed is None:
        raise NotSignedIn
    async with ctx.database.read() as db:
        session = await staff_rows.find_staff_session(db, hashed, ctx.clock.now())
        row = await staff_rows.find_staff(db, session.staff_id) if session else None
    if session is None or row is None:
        raise NotSignedIn
    return StaffSessionState(row, session.expires_at, SPANS[SessionKind.STAFF].ends(session.created_at))
