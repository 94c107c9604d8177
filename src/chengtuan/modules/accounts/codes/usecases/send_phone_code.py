import base64

from chengtuan.kernel.ids import new_id
from chengtuan.kernel.problems import PartnerUnavailable
from chengtuan.modules.accounts.codes import rows as phone_codes
from chengtuan.modules.accounts.codes.rows import PhoneCodeRow
from chengtuan.modules.accounts.codes.rules import (
    CODE_LIFETIME,
    JOB_CODE,
    JOB_PHONE,
    MAX_ATTEMPTS,
    PER_ASKER_MINUTE,
    PER_DEVICE_HOUR,
    PER_PHONE_HOUR,
    code_hash,
    new_code,
)
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.job_kinds import DELIVER_PHONE_CODE
from chengtuan.modules.accounts.people.rows import people
from chengtuan.modules.accounts.people.rows.sealing import phone_index
from chengtuan.modules.accounts.people.rules.phones import e164_of
from chengtuan.modules.accounts.problems import ProofNeeded
from chengtuan.modules.accounts.sessions.rows import devices
from chengtuan.modules.accounts.sessions.rules import SessionKind, new_token, token_hash
from chengtuan.modules.accounts.tries.rules.limits import CODES_OF_PAIR, Count, codes_of_address
from chengtuan.modules.accounts.tries.rules.proofs import Proof
from chengtuan.modules.accounts.tries.usecases.count_tries import address_subject, count_try
from chengtuan.platform.crypto import KeyRing
from chengtuan.platform.jobs import JobCall


async def send_phone_code(
    ctx: AccountsContext, *, phone: str, client_address: str, language: str, device: str | None, proof: Proof | None
) -> str:
    """Send a new sign-in code, whether or not the phone has an account: the answer never tells.

    The request's secret: the code can only be tried together with it.
    Raises BadPhone, ProofNeeded, TooManyRequests, PartnerUnavailable.
    """
    e164 = e164_of(phone)
    if ctx.sms is None:
        raise PartnerUnavailable("sending messages is not set up here")
    index = phone_index(ctx.keys, e164)
    await _respect_limits(ctx, index, client_address, device, proof)
    request, code_id, code = new_token(), new_id(), new_code()
    now = ctx.clock.now()
    row = PhoneCodeRow(
        id=code_id,
        code_hash=code_hash(ctx.keys, code_id, code),
        attempts_left=MAX_ATTEMPTS,
        expires_at=now + CODE_LIFETIME,
    )
    payload = {
        "phone": _sealed(ctx.keys, e164, JOB_PHONE),
        "code": _sealed(ctx.keys, code, JOB_CODE),
        "language": language,
    }
    async with ctx.database.write() as tx:
        await phone_codes.insert_code(tx, index, request.hash, row)
        tx.schedule(JobCall(DELIVER_PHONE_CODE, str(code_id), now, payload))
    return request.text


async def _respect_limits(
    ctx: AccountsContext, index: bytes, client_address: str, device: str | None, proof: Proof | None
) -> None:
    """The asker's own limits come first, so that a refused asker uses up no stranger's phone."""
    hashed = token_hash(device) if device else None
    if hashed and await _signed_in_before(ctx, hashed, index):
        for limit in (PER_ASKER_MINUTE, PER_DEVICE_HOUR):
            await ctx.rate_limiter.take(limit, hashed.hex())
        return
    address = address_subject(ctx, client_address)
    pair = f"{index.hex()}:{address}"
    await ctx.rate_limiter.take(PER_ASKER_MINUTE, pair)
    counts = [Count(codes_of_address(ctx.settings.sms_codes_per_address), address), Count(CODES_OF_PAIR, pair)]
    try:
        await count_try(ctx, counts, proof)
    except ProofNeeded:
        await ctx.rate_limiter.give_back([(PER_ASKER_MINUTE, pair)])
        raise
    await ctx.rate_limiter.take(PER_PHONE_HOUR, index.hex())


async def _signed_in_before(ctx: AccountsContext, device_hash: bytes, index: bytes) -> bool:
    """Whether the phone's owner signed in on this device."""
    async with ctx.database.read() as db:
        owner = await devices.find_owner(db, device_hash, SessionKind.SHOPPER, ctx.clock.now())
        person = await people.find_by_phone(db, index) if owner else None
    return person is not None and person.id == owner


def _sealed(keys: KeyRing, text: str, column: str) -> str:
    return base64.b64encode(keys.encrypt(text, column)).decode()
