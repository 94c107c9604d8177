"""Counting tries: each is counted before it is judged, and given back if it turns out to be right."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from chengtuan.modules.accounts.challenges import accept_proof
from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.domain.attempts import Count, bits_for
from chengtuan.modules.accounts.domain.proofs import Proof
from chengtuan.modules.accounts.problems import ProofNeeded
from chengtuan.platform.client_address import client_subject
from chengtuan.platform.rate_limit import Use


def address_subject(ctx: Accounts, client_address: str) -> str:
    """A client's network address, unreadable."""
    return ctx.keys.blind_index(client_subject(client_address), "accounts.client_address").hex()


async def count_try(ctx: Accounts, counts: Sequence[Count], proof: Proof | None) -> list[Use]:
    """Count one try of each; what was counted, for giving it back.

    Raises ProofNeeded, and counts nothing, past a limit without work done for it.
    """
    added = await ctx.rate_limiter.add([(count.limit, count.subject) for count in counts])
    bits = max(bits_for(uses, count.limit) for uses, count in zip(added.before, counts, strict=True))
    if bits:
        try:
            await accept_proof(ctx, ":".join(count.subject for count in counts), bits, proof)
        except ProofNeeded:
            await ctx.rate_limiter.give_back(added.counted)
            raise
    return added.counted


@asynccontextmanager
async def failure_counts(
    ctx: Accounts, counts: Sequence[Count], proof: Proof | None, failure: type[Exception]
) -> AsyncIterator[None]:
    """Around a try that counts only if it ends in `failure`. Raises ProofNeeded before it."""
    counted = await count_try(ctx, counts, proof)
    try:
        yield
    except failure:
        raise
    except BaseException:
        await ctx.rate_limiter.give_back(counted)
        raise
    await ctx.rate_limiter.give_back(counted)
