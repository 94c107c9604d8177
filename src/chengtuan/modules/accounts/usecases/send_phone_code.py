import base64
from uuid import UUID

from chengtuan.kernel.ids import new_id
from chengtuan.kernel.problems import PartnerUnavailable
from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.domain.client_address import client_subject
from chengtuan.modules.accounts.domain.phone_codes import (
    CODE_LIFETIME,
    MAX_ATTEMPTS,
    PER_PHONE_HOUR,
    PER_PHONE_MINUTE,
    new_code,
    per_address_hour,
)
from chengtuan.modules.accounts.domain.phones import BadPhoneNumber, parse_phone
from chengtuan.modules.accounts.problems import BadPhone
from chengtuan.modules.accounts.repository import phone_codes
from chengtuan.modules.accounts.repository.phone_codes import PhoneCodeRow
from chengtuan.modules.accounts.sealing import JOB_CODE, JOB_PHONE, phone_index
from chengtuan.platform.crypto import KeyRing
from chengtuan.platform.jobs import JobCall

DELIVER_PHONE_CODE = "deliver_phone_code"


def e164_of(phone: str) -> str:
    """Raises BadPhone."""
    try:
        return parse_phone(phone)
    except BadPhoneNumber:
        raise BadPhone from None


def code_hash(keys: KeyRing, code_id: UUID, code: str) -> bytes:
    """A plain hash of six digits could be reversed by trying them; this one needs the index key too."""
    return keys.blind_index(f"{code_id}:{code}", "accounts.phone_code")


async def send_phone_code(ctx: Accounts, *, phone: str, client_address: str, language: str) -> None:
    """Send a new sign-in code, whether or not the phone has an account: the answer never tells.

    Raises BadPhone, TooManyRequests, PartnerUnavailable.
    """
    e164 = e164_of(phone)
    if ctx.sms is None:
        raise PartnerUnavailable("sending messages is not set up here")
    index = phone_index(ctx.keys, e164)
    await _respect_limits(ctx, index, client_address)
    code_id, code = new_id(), new_code()
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
        await phone_codes.replace_code(tx, index, row)
        tx.schedule(JobCall(DELIVER_PHONE_CODE, str(code_id), now, payload))


async def _respect_limits(ctx: Accounts, index: bytes, client_address: str) -> None:
    """The client's own limit comes first, so that a refused client uses up no stranger's phone."""
    subject = ctx.keys.blind_index(client_subject(client_address), "accounts.client_address").hex()
    await ctx.rate_limiter.take(per_address_hour(ctx.settings.sms_codes_per_address), subject)
    for limit in (PER_PHONE_MINUTE, PER_PHONE_HOUR):
        await ctx.rate_limiter.take(limit, index.hex())


def _sealed(keys: KeyRing, text: str, column: str) -> str:
    return base64.b64encode(keys.encrypt(text, column)).decode()
