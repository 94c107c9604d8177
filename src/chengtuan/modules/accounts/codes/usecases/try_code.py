"""Proving that a phone is in one's hand by the code that was sent to it."""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from chengtuan.kernel.problems import Problem
from chengtuan.modules.accounts.codes import rows as phone_codes
from chengtuan.modules.accounts.codes.rows import PhoneCodeRow
from chengtuan.modules.accounts.codes.rules import REPEAT_FOR, code_hash
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.people.rows.sealing import phone_index
from chengtuan.modules.accounts.people.rules.phones import e164_of
from chengtuan.modules.accounts.problems import CodeExpired, WrongCode
from chengtuan.modules.accounts.sessions.rules import token_hash
from chengtuan.modules.accounts.tries.rules.limits import Count, guesses_of_address
from chengtuan.modules.accounts.tries.rules.proofs import Proof
from chengtuan.modules.accounts.tries.usecases.count_tries import address_subject, failure_counts
from chengtuan.platform.database import WriteSession

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTry:
    """A code as it was typed. `request` is the secret of the request for it."""

    phone: str
    code: str
    request: str
    device: str | None = None
    proof: Proof | None = None


Act = Callable[[WriteSession, str], Awaitable[T | Problem]]
"""What is done with a proven phone (E.164), in the transaction that uses the code up."""
Again = Callable[[WriteSession, str], Awaitable[T | Problem | None]]
"""What the same request was answered before, told and not done again; None if that is no longer so."""


async def with_code(ctx: AccountsContext, attempt: CodeTry, client_address: str, act: Act[T], again: Again[T]) -> T:
    """What `act` gives if the code is right, and what `again` gives who repeats the request soon: one more attempt.

    Raises BadPhone, WrongCode, CodeExpired, ProofNeeded, and the problem that `act` gives.
    """
    e164 = e164_of(attempt.phone)
    limit = guesses_of_address(ctx.settings.code_guesses_per_address)
    async with failure_counts(ctx, [Count(limit, address_subject(ctx, client_address))], attempt.proof, WrongCode):
        outcome = await _use_code(ctx, e164, attempt, act, again)
        if isinstance(outcome, Problem):
            raise outcome
        return outcome


async def _use_code(ctx: AccountsContext, e164: str, attempt: CodeTry, act: Act[T], again: Again[T]) -> T | Problem:
    """Problems are returned, not raised: the attempt they cost must be committed."""
    async with ctx.database.write() as tx:
        code = await _try_code(ctx, tx, phone_index(ctx.keys, e164), attempt)
        if isinstance(code, Problem):
            return code
        if code.used_at is None:
            await phone_codes.mark_used(tx, code.id)
            return await act(tx, e164)
        soon = tx.clock.now() < code.used_at + REPEAT_FOR
        return (await again(tx, e164) if soon else None) or CodeExpired()


async def _try_code(
    ctx: AccountsContext, tx: WriteSession, index: bytes, attempt: CodeTry
) -> PhoneCodeRow | CodeExpired | WrongCode:
    """The code if it is right, also one that was used. An attempt that was wrong is counted by committing."""
    request = token_hash(attempt.request)
    active = await phone_codes.use_attempt(tx, index, request) if request else None
    if active is None:
        return CodeExpired()
    if not hmac.compare_digest(bytes(active.code_hash), code_hash(ctx.keys, active.id, attempt.code)):
        return WrongCode(attempts_left=active.attempts_left)
    return active
