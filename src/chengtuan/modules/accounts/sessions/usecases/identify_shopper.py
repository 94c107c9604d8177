from collections.abc import Sequence
from typing import TypeAlias

from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.facade import ShopperIdentity
from chengtuan.modules.accounts.sessions.rows import sessions
from chengtuan.modules.accounts.sessions.rows.sessions import SessionRow
from chengtuan.modules.accounts.sessions.rules import SPANS, SessionKind, token_hash
from chengtuan.platform.gather import Gatherer

OpenSessions: TypeAlias = Gatherer[bytes, SessionRow]
"""Sessions of shoppers by the hash of their token: every signed-in request asks, so look-ups are gathered."""


def open_sessions(ctx: AccountsContext) -> OpenSessions:
    async def find(token_hashes: Sequence[bytes]) -> dict[bytes, SessionRow]:
        async with ctx.database.read() as db:
            rows = await sessions.find_shopper_sessions(db, token_hashes, ctx.clock.now())
        return {bytes(row.token_hash): row for row in rows}

    return Gatherer(find)


async def identify_shopper(ctx: AccountsContext, known: OpenSessions, token: str) -> ShopperIdentity | None:
    """Asked by every signed-in request: one read, and a write at most once a day."""
    hashed = token_hash(token)
    if hashed is None:
        return None
    session = await known.find(hashed)
    if session is None:
        return None
    now = ctx.clock.now()
    span = SPANS[SessionKind.SHOPPER]
    if now - session.renewed_at >= span.renew_after:
        expires_at = now + span.idle
        async with ctx.database.write() as tx:
            await sessions.renew_session(tx, hashed, last_renewed=session.renewed_at, expires_at=expires_at)
    return ShopperIdentity(user_id=session.subject_id, absorbed=session.absorbed)
