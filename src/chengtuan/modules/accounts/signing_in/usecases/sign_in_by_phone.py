from chengtuan.modules.accounts.codes.usecases.try_code import CodeTry, with_code
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.signing_in.moves import Secrets, SignedIn, person_of_phone, welcome, welcome_again
from chengtuan.platform.database import WriteSession


async def sign_in_by_phone(ctx: AccountsContext, attempt: CodeTry, *, client_address: str, language: str) -> SignedIn:
    """Open a session with a code; the first time it makes the account. Who repeats the request within a minute, because
    the answer got lost, gets the same session.

    Raises BadPhone, WrongCode, CodeExpired, ProofNeeded.
    """

    async def act(tx: WriteSession, e164: str) -> SignedIn:
        person = await person_of_phone(tx, ctx.keys, e164, language)
        return await welcome(tx, ctx.keys, person, language=language, device=attempt.device, secrets=secrets)

    async def again(tx: WriteSession, _e164: str) -> SignedIn | None:
        return await welcome_again(tx, ctx.keys, secrets, attempt.device)

    secrets = Secrets.of(ctx.keys, attempt.request)
    return await with_code(ctx, attempt, client_address, act, again)
