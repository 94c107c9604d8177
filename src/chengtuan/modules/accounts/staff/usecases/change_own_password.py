from datetime import timedelta
from uuid import UUID

import structlog

from chengtuan.kernel.problems import NotSignedIn
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.facade import WeakPassword
from chengtuan.modules.accounts.problems import CurrentPasswordWrong, SamePassword
from chengtuan.modules.accounts.sessions.moves import sign_out_everywhere
from chengtuan.modules.accounts.sessions.rules import token_hash
from chengtuan.modules.accounts.staff import rows as staff
from chengtuan.modules.accounts.staff.rules import is_password
from chengtuan.modules.accounts.tries.rules.limits import Count
from chengtuan.modules.accounts.tries.rules.proofs import Proof
from chengtuan.modules.accounts.tries.usecases.count_tries import failure_counts
from chengtuan.platform.passwords import Rank
from chengtuan.platform.rate_limit import RateLimit

log = structlog.get_logger(__name__)

_FAILURES = RateLimit("staff_own_password", 10, timedelta(minutes=15))
"""Wrong guesses at the password of whom a session belongs to: a session that was left open tells no password."""


async def change_own_password(
    ctx: AccountsContext, staff_id: UUID, *, token: str, current: str, new: str, proof: Proof | None
) -> None:
    """All sessions but this one end.

    Raises WeakPassword, SamePassword, CurrentPasswordWrong, ProofNeeded, Overloaded.
    """
    if not is_password(new):
        raise WeakPassword
    async with ctx.database.read() as db:
        row = await staff.find_staff(db, staff_id)
    if row is None:
        raise NotSignedIn
    async with failure_counts(ctx, [Count(_FAILURES, str(staff_id))], proof, CurrentPasswordWrong):
        if not await ctx.passwords.matches(row.password_hash, current, Rank.KNOWN):
            raise CurrentPasswordWrong
    if new == current:
        raise SamePassword
    hashed = await ctx.passwords.hash(new)
    async with ctx.database.write() as tx:
        if not await staff.replace_own_password(tx, row, hashed):
            raise CurrentPasswordWrong  # somebody set another one while this one was being compared
        await sign_out_everywhere(tx, staff_id, but=token_hash(token) or b"")
    log.info("staff_password_changed", staff_id=str(staff_id), by=str(staff_id))
