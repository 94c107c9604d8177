from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.sessions.rows import sessions
from chengtuan.modules.accounts.sessions.rules import SessionKind, token_hash


async def sign_out(ctx: AccountsContext, token: str, kind: SessionKind) -> None:
    """End the session now; ending it again changes nothing."""
    hashed = token_hash(token)
    if hashed is None:
        return
    async with ctx.database.write() as tx:
        await sessions.delete_session(tx, hashed, kind)
