import base64
from datetime import timedelta
from uuid import UUID

import structlog

from chengtuan.gateways.sms import SmsMessage, SmsRefused, SmsUnavailable
from chengtuan.modules.accounts.codes import rows as phone_codes
from chengtuan.modules.accounts.codes.rules import CODE_LIFETIME, JOB_CODE, JOB_PHONE
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.platform.jobs import Job, RetryLater

log = structlog.get_logger(__name__)
_RETRY_AFTER = timedelta(seconds=3)
_MINUTES = str(int(CODE_LIFETIME.total_seconds() // 60))


async def deliver_phone_code(ctx: AccountsContext, job: Job) -> None:
    """Hand a code to the SMS vendor, unless it was used or ran out meanwhile."""
    phone = ctx.keys.decrypt(base64.b64decode(job.payload["phone"]), JOB_PHONE)
    async with ctx.database.read() as db:
        active = await phone_codes.is_active(db, UUID(job.ref), ctx.clock.now())
    if ctx.sms is None or not active:
        return
    code = ctx.keys.decrypt(base64.b64decode(job.payload["code"]), JOB_CODE)
    message = SmsMessage(
        request_id=job.ref,
        phone=phone,
        template="sign_in_code",
        params={"code": code, "minutes": _MINUTES},
        language=job.payload["language"],
    )
    try:
        await ctx.sms.send(message)
    except SmsUnavailable as unavailable:
        # not raised further: a trace of this frame in the log would hold the code
        log.warning("sms_unavailable", ref=job.ref, reason=str(unavailable))
        raise RetryLater(_RETRY_AFTER) from None
    except SmsRefused as refused:
        log.warning("sms_refused", ref=job.ref, vendor_code=refused.code)
