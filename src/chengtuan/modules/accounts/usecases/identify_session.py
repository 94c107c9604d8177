from dataclasses import dataclass
from datetime import datetime

from chengtuan.kernel.problems import NotSignedIn
from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.domain.sessions import SPANS, SessionKind, token_hash
from chengtuan.modules.accounts.facade import ShopperIdentity, StaffIdentity
from chengtuan.modules.accounts.repository import sessions
from chengtuan.modules.accounts.repository import staff as staff_rows
from chengtuan.modules.accounts.repository.staff import StaffRow


async def identify_shopper(ctx: Accounts, token: str) -> ShopperIdentity | None:
    """Asked by every signed-in request: one read, and a write at most once a day."""
    hashed = token_hash(token)
    if hashed is None:
        return None
    session = await ctx.shopper_sessions.find(hashed)
    if session is None:
        return None
    now = ctx.clock.now()
    span = SPANS[SessionKind.SHOPPER]
    if now - session.renewed_at >= span.renew_after:
        expires_at = now + span.idle
        async with ctx.database.write() as tx:
            await sessions.renew_session(tx, hashed, last_renewed=session.renewed_at, expires_at=expires_at)
    return ShopperIdentity(user_id=session.subject_id, absorbed=session.absorbed)


async def identify_staff(ctx: Accounts, token: str) -> StaffIdentity | None:
    """Prolonged by use, up to an end that is fixed when the password is typed."""
    hashed = token_hash(token)
    if hashed is None:
        return None
    async with ctx.database.read() as db:
        staff = await sessions.find_staff_session(db, hashed, ctx.clock.now())
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


async def read_staff_session(ctx: Accounts, token: str) -> StaffSessionState:
    """Raises NotSignedIn."""
    hashed = token_hash(token)
    if hashed is None:
        raise NotSignedIn
    async with ctx.database.read() as db:
        session = await sessions.find_staff_session(db, hashed, ctx.clock.now())
        row = await staff_rows.find_staff(db, session.staff_id) if session else None
    if session is None or row is None:
        raise NotSignedIn
    return StaffSessionState(row, session.expires_at, SPANS[SessionKind.STAFF].ends(session.created_at))
