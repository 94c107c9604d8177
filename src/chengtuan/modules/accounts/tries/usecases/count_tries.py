"""Counting tries: each is counted before it is judged, and given back if it turns out to be right."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.problems import ProofNeeded
from chengtuan.modules.accounts.tries.rules.limits import Count, bits_for
from chengtuan.modules.accounts.tries.rules.proofs import Proof
from chengtuan.modules.accounts.tries.usecases.accept_proof import accept_proof, is_sound, proof_needed
from chengtuan.platform.client_address import client_subject
from chengtuan.platform.rate_limit import Use


def address_subject(ctx: AccountsContext, client_address: str) -> str:
    """A client's network address, unreadable."""
    return ctx.keys.blind_index(client_subject(client_address), "accounts.client_address").hex()


def ask_for_work(ctx: AccountsContext, counts: Sequence[Count], bits: int, proof: Proof | None) -> None:
    """Raises ProofNeeded unless there is a proof for such a try, without asking whether it was used before."""
    if proof is None or not is_sound(ctx, _subject(counts), bits, proof):
        raise proof_needed(ctx, _subject(counts), bits)


async def count_try(
    ctx: AccountsContext, counts: Sequence[Count], proof: Proof | None, *, least_bits: int = 0
) -> list[Use]:
    """Count one try of each; what was counted, for giving it back.

    Raises ProofNeeded, and counts nothing, past a limit (or with `least_bits` in any case) without work done for it.
    """
    added = await ctx.rate_limiter.add([(count.limit, count.subject) for count in counts])
    bits = max(least_bits, *(bits_for(uses, count.limit) for uses, count in zip(added.before, counts, strict=True)))
    if bits:
        try:
            await accept_proof(ctx, _subject(counts), bits, proof)
        except ProofNeeded:
            await ctx.rate_limiter.give_back(added.counted)
            raise
    return added.counted


@asynccontextmanager
async def failure_counts(
    ctx: AccountsContext, counts: Sequence[Count], proof: Proof | None, failure: type[Exception], *, least_bits: int = 0
) -> AsyncIterator[None]:
    """Around a try that counts only if it ends in `failure`. Raises ProofNeeded before it."""
    counted = await count_try(ctx, counts, proof, least_bits=least_bits)
    try:
        yield
    except failure:
        raise
    except BaseException:
        await ctx.rate_limiter.give_back(counted)
        raise
    await ctx.rate_limiter.give_back(counted)


def _subject(counts: Sequence[Count]) -> str:
    return ":".join(count.subject for count in counts)
