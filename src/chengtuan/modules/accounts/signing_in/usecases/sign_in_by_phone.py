from chengtuan.modules.accounts.codes.usecases.try_code import CodeTry, with_code
from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.people.moves import add_newcomer
from chengtuan.modules.accounts.people.rows import people
from chengtuan.modules.accounts.people.rows.people import PersonRow
from chengtuan.modules.accounts.people.rows.sealing import PERSON_PHONE, phone_index
from chengtuan.modules.accounts.signing_in.moves import SignedIn, welcome
from chengtuan.platform.database import WriteSession


async def sign_in_by_phone(ctx: Accounts, attempt: CodeTry, *, client_address: str, language: str) -> SignedIn:
    """Open a session with a code; the first time it makes the account.

    Raises BadPhone, WrongCode, CodeExpired, ProofNeeded.
    """

    async def act(tx: WriteSession, e164: str) -> SignedIn:
        person = await person_of(ctx, tx, e164, language)
        return await welcome(tx, ctx.keys, person, language, attempt.device)

    return await with_code(ctx, attempt, client_address, act)


async def person_of(ctx: Accounts, tx: WriteSession, e164: str, language: str) -> PersonRow:
    index = phone_index(ctx.keys, e164)
    known = await people.find_by_phone(tx, index)
    if known is None:
        known = await add_newcomer(tx, language, phone=ctx.keys.encrypt(e164, PERSON_PHONE), phone_index=index)
    if known is None:  # bound through WeChat at this very moment
        known = await people.find_by_phone(tx, index)
    assert known is not None
    return known
