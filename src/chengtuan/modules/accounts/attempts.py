"""Counting tries: each is counted before it is judged, and given back if it turns out to be right."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from chengtuan.modules.accounts.challenges import accept_proof
from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.domain.attempts import Count, bits_for
from chengtuan.modules.accounts.domain.client_address import client_subject
from chengtuan.modules.accounts.domain.proofs import Proof
from chengtuan.modules.accounts.problems import ProofNeeded


def address_subject(ctx: Accounts, client_address: str) -> str:
    """A client's network address, unreadable."""
    return ctx.keys.blind_index(client_subject(client_address), "accounts.client_address").hex()


async def count_try(ctx: Accounts, counts: Sequence[Count], proof: Proof | None) -> None:
    """Count one try of each. Raises ProofNeeded, and counts nothing, past a limit without work done for it."""
    before = await ctx.rate_limiter.add([(count.limit, count.subject) for count in counts])
    bits = max(bits_for(uses, count.limit) for uses, count in zip(before, counts, strict=True))
    if bits:
        try:
            await accept_proof(ctx, ":".join(count.subject for count in counts), bits, proof)
        except ProofNeeded:
            await give_back(ctx, counts)
            raise


async def give_back(ctx: Accounts, counts: Sequence[Count]) -> None:
    await ctx.rate_limiter.give_back([(count.limit, count.subject) for count in counts])


@asynccontextmanager
async def failure_counts(
    ctx: Accounts, counts: Sequence[Count], proof: Proof | None, failure: type[Exception]
) -> AsyncIterator[None]:
    """Around a try that counts only if it ends in `failure`. Raises ProofNeeded before it."""
    await count_try(ctx, counts, proof)
    try:
        yield
    except failure:
        raise
    except BaseException:
        await give_back(ctx, counts)
        raise
    await give_back(ctx, counts)
