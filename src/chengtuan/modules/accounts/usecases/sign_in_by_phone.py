import hmac

from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.problems import CodeExpired, WrongCode
from chengtuan.modules.accounts.repository import people, phone_codes
from chengtuan.modules.accounts.repository.people import PersonRow
from chengtuan.modules.accounts.sealing import PERSON_PHONE, phone_index
from chengtuan.modules.accounts.signing_in import SignedIn, newcomer, welcome
from chengtuan.modules.accounts.usecases.send_phone_code import code_hash, e164_of
from chengtuan.platform.database import WriteSession


async def sign_in_by_phone(ctx: Accounts, *, phone: str, code: str, language: str) -> SignedIn:
    """Open a session with a code; the first time it makes the account.

    Raises BadPhone, WrongCode, CodeExpired.
    """
    e164 = e164_of(phone)
    outcome = await _try_code(ctx, e164, code, language)
    if isinstance(outcome, SignedIn):
        return outcome
    raise outcome


async def _try_code(ctx: Accounts, e164: str, code: str, language: str) -> SignedIn | CodeExpired | WrongCode:
    """Problems are returned, not raised: the attempt they cost must be committed."""
    index = phone_index(ctx.keys, e164)
    async with ctx.database.write() as tx:
        active = await phone_codes.take_attempt(tx, index)
        if active is None:
            return CodeExpired()
        if not hmac.compare_digest(bytes(active.code_hash), code_hash(ctx.keys, active.id, code)):
            return WrongCode(attempts_left=active.attempts_left)
        await phone_codes.delete_code(tx, index)
        person = await _person_of(ctx, tx, e164, index, language)
        return await welcome(tx, ctx.keys, person, language)


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
