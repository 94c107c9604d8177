"""Take a callback of the provider: proven first, recorded and applied in one transaction, then answered."""

from collections.abc import Mapping

from chengtuan.gateways.wechat import TransactionNotice
from chengtuan.modules.payments.context import Payments
from chengtuan.modules.payments.domain.judgement import Outcome
from chengtuan.modules.payments.domain.notice import Notice, notice_of
from chengtuan.modules.payments.repository import notices
from chengtuan.modules.payments.usecases.settle_payment import settle_payment
from chengtuan.modules.payments.usecases.settle_refund import settle_refund


async def receive_notice(ctx: Payments, headers: Mapping[str, str], body: bytes) -> Outcome:
    """`body` is the request as it came, byte by byte: the signature is over that.

    Raises CallbackRejected if it is not proven, ProviderUnavailable if that cannot be checked now.
    """
    received = await ctx.provider.verify_and_decrypt_callback(headers, body)
    notice = notice_of(received)
    if not isinstance(received, TransactionNotice):
        return await settle_refund(ctx, received.refund, notice)
    if received.transaction.paid:
        return await settle_payment(ctx, received.transaction, notice)
    await _keep(ctx, notice)
    return Outcome.IGNORED


async def _keep(ctx: Payments, notice: Notice) -> None:
    async with ctx.database.write() as tx:
        await notices.record_notice(tx, notice, Outcome.IGNORED)
