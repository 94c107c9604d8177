import hmac
from dataclasses import dataclass

from chengtuan.modules.accounts.attempts import address_subject, failure_counts
from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.domain.attempts import Count, guesses_of_address
from chengtuan.modules.accounts.domain.proofs import Proof
from chengtuan.modules.accounts.domain.sessions import token_hash
from chengtuan.modules.accounts.problems import CodeExpired, WrongCode
from chengtuan.modules.accounts.repository import people, phone_codes
from chengtuan.modules.accounts.repository.people import PersonRow
from chengtuan.modules.accounts.sealing import PERSON_PHONE, phone_index
from chengtuan.modules.accounts.signing_in import SignedIn, newcomer, welcome
from chengtuan.modules.accounts.usecases.send_phone_code import code_hash, e164_of
from chengtuan.platform.database import WriteSession


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTry:
    """A code as it was typed. `request` is the secret of the request for it."""

    phone: str
    code: str
    request: str
    device: str | None = None
    proof: Proof | None = None


async def sign_in_by_phone(ctx: Accounts, attempt: CodeTry, *, client_address: str, language: str) -> SignedIn:
    """Open a session with a code; the first time it makes the account.

    Raises BadPhone, WrongCode, CodeExpired, ProofNeeded.
    """
    e164 = e164_of(attempt.phone)
    limit = guesses_of_address(ctx.settings.code_guesses_per_address)
    async with failure_counts(ctx, [Count(limit, address_subject(ctx, client_address))], attempt.proof, WrongCode):
        outcome = await _try_code(ctx, e164, attempt, language)
        if isinstance(outcome, SignedIn):
            return outcome
        raise outcome


async def _try_code(ctx: Accounts, e164: str, attempt: CodeTry, language: str) -> SignedIn | CodeExpired | WrongCode:
    """Problems are returned, not raised: the attempt they cost must be committed."""
    index = phone_index(ctx.keys, e164)
    async with ctx.database.write() as tx:
        problem = await try_code(ctx, tx, index, attempt)
        if problem is not None:
            return problem
        person = await _person_of(ctx, tx, e164, index, language)
        return await welcome(tx, ctx.keys, person, language, attempt.device)


async def try_code(ctx: Accounts, tx: WriteSession, index: bytes, attempt: CodeTry) -> CodeExpired | WrongCode | None:
    """Use the code up; None if it is right. An attempt that was wrong is counted by committing."""
    request = token_hash(attempt.request)
    active = await phone_codes.take_attempt(tx, index, request) if request else None
    if active is None:
        return CodeExpired()
    if not hmac.compare_digest(bytes(active.code_hash), code_hash(ctx.keys, active.id, attempt.code)):
        return WrongCode(attempts_left=active.attempts_left)
    await phone_codes.delete_code(tx, active.id)
    return None


async def _person_of(ctx: Accounts, tx: WriteSession, e164: str, index: bytes, language: str) -> PersonRow:
    known = await people.find_by_phone(tx, index)
    if known is not None:
        return known
    person = newcomer(ctx.clock, language, phone=ctx.keys.encrypt(e164, PERSON_PHONE))
    if await people.insert_person(tx, person, phone_index=index):
        return person
    # bound through WeChat at this very moment
    known = await people.find_by_phone(tx, index)
    assert known is not None
    return known
