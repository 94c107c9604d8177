"""Challenges for proofs of work: nothing is kept of one that is not solved, and a solved one is taken once."""

import hmac
import secrets
from datetime import timedelta

from chengtuan.kernel.problems import TooManyRequests
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.problems import ProofNeeded
from chengtuan.modules.accounts.tries.rules.proofs import Proof
from chengtuan.platform.rate_limit import RateLimit

_LIFETIME = timedelta(minutes=3)
_ONCE = RateLimit("proof", 1, _LIFETIME * 2)
_SLACK_BITS = 2
"""The work may have become harder while it was done; so much easier is still taken."""


def proof_needed(ctx: AccountsContext, subject: str, bits: int) -> ProofNeeded:
    """A new challenge, good for this subject alone."""
    expires = int((ctx.clock.now() + _LIFETIME).timestamp())
    head = f"{bits}.{expires}.{secrets.token_urlsafe(12)}"
    return ProofNeeded(challenge=f"{head}.{_seal(ctx, subject, head)}", bits=bits)


async def accept_proof(ctx: AccountsContext, subject: str, bits: int, proof: Proof | None) -> None:
    """Raises ProofNeeded unless the proof is for this subject, in time, hard enough, and new."""
    if proof is None or not is_sound(ctx, subject, bits, proof):
        raise proof_needed(ctx, subject, bits)
    try:
        await ctx.rate_limiter.take(_ONCE, proof.challenge)
    except TooManyRequests:
        raise proof_needed(ctx, subject, bits) from None


def is_sound(ctx: AccountsContext, subject: str, bits: int, proof: Proof) -> bool:
    """Whether the proof is for this subject, in time and hard enough; new or not."""
    head, _, seal = proof.challenge.rpartition(".")
    if not hmac.compare_digest(seal.encode(), _seal(ctx, subject, head).encode()):
        return False
    promised, expires, _ = head.split(".")
    in_time = ctx.clock.now().timestamp() < int(expires)
    return in_time and int(promised) >= bits - _SLACK_BITS and proof.zero_bits >= int(promised)


def _seal(ctx: AccountsContext, subject: str, head: str) -> str:
    return ctx.keys.blind_index(f"{subject}:{head}", "accounts.proof").hex()
