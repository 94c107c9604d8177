"""Take a callback of the provider: proven first, recorded and applied in one transaction, then answered."""

from collections.abc import Mapping
from functools import partial

import structlog

from chengtuan.gateways.wechat import CallbackUnreadable, TransactionNotice
from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.rows import notices
from chengtuan.modules.payments.rows.sealing import seal_content
from chengtuan.modules.payments.rules.judgement import Outcome
from chengtuan.modules.payments.rules.notice import Notice, NoticeKind, notice_of, unreadable_notice
from chengtuan.modules.payments.usecases.settle_payment import settle_payment
from chengtuan.modules.payments.usecases.settle_refund import settle_refund

log = structlog.get_logger(__name__)


async def receive_notice(ctx: PaymentsContext, kind: NoticeKind, headers: Mapping[str, str], body: bytes) -> Outcome:
    """`kind` is what the address is for; `body` is the request as it came, byte by byte: the signature is over that.

    What is proven, but cannot be read, is kept as it came and told to a person. Raises CallbackRejected if it is
    not proven, ProviderUnavailable if that cannot be checked now.
    """
    try:
        received = await ctx.provider.verify_and_decrypt_callback(headers, body)
    except CallbackUnreadable as error:
        return await _keep_unreadable(ctx, kind, error, body)
    notice = notice_of(received, partial(seal_content, ctx.keys))
    if not isinstance(received, TransactionNotice):
        return await settle_refund(ctx, received.refund, notice)
    if received.transaction.paid:
        return await settle_payment(ctx, received.transaction, notice)
    await _keep(ctx, notice, Outcome.IGNORED)
    return Outcome.IGNORED


async def _keep_unreadable(ctx: PaymentsContext, kind: NoticeKind, error: CallbackUnreadable, body: bytes) -> Outcome:
    log.error("callback_unreadable", alert=True, notice_id=error.notice_id, reason=error.reason)
    notice = unreadable_notice(error.notice_id, kind, error.reason, body, partial(seal_content, ctx.keys))
    await _keep(ctx, notice, Outcome.MISMATCHED)
    return Outcome.MISMATCHED


async def _keep(ctx: PaymentsContext, notice: Notice, outcome: Outcome) -> None:
    async with ctx.database.write() as tx:
        await notices.record_notice(tx, notice, outcome)
