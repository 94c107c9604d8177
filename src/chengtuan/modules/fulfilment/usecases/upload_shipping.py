"""WeChat keeps a mini program's money frozen until it hears that the goods were sent (rule 17)."""

from uuid import UUID

import structlog

from chengtuan.gateways.wechat import MiniProgramRefused, ProviderUnavailable, ShippingItem, ShippingUpload
from chengtuan.kernel.text import in_language
from chengtuan.modules.fulfilment import repository
from chengtuan.modules.fulfilment.context import Fulfilment
from chengtuan.modules.fulfilment.domain.carriers import CARRIERS
from chengtuan.modules.fulfilment.domain.uploads import (
    UploadStatus,
    masked_phone,
    pause_after_refusal,
    pause_after_silence,
    status_after_refusal,
)
from chengtuan.modules.fulfilment.repository import Shipment, Upload
from chengtuan.modules.payments.facade import PaymentStatus
from chengtuan.modules.trade.facade import payable_of
from chengtuan.platform.jobs import Job, RetryLater

log = structlog.get_logger(__name__)

_MINI_PROGRAM = "wechat_jsapi"


async def upload_shipping(ctx: Fulfilment, job: Job) -> None:
    """Report a shipment once. Raises RetryLater while WeChat is silent or does not know the payment yet."""
    order_id = UUID(job.ref)
    async with ctx.database.read() as db:
        shipment = await repository.find_shipment(db, order_id)
        upload = await repository.find_upload(db, order_id)
    if shipment is None or upload is None or upload.status != UploadStatus.WAITING:
        return
    report = await _report(ctx, shipment)
    if ctx.wechat is None or report is None:
        log.info("shipping_upload_skipped", order_id=job.ref, mini_program=ctx.wechat is not None)
        await _record(ctx, shipment, UploadStatus.SKIPPED)
        return
    try:
        await ctx.wechat.upload_shipping_info(report)
    except ProviderUnavailable as silent:
        log.warning("shipping_upload_postponed", order_id=job.ref, reason=str(silent))
        await _record(ctx, shipment, UploadStatus.WAITING, unanswered=1, error=str(silent)[:500])
        raise RetryLater(pause_after_silence(upload.attempts + 1)) from None
    except MiniProgramRefused as refused:
        await _refused(ctx, shipment, upload, refused)
        return
    await _record(ctx, shipment, UploadStatus.DONE)


async def _report(ctx: Fulfilment, shipment: Shipment) -> ShippingUpload | None:
    """None for an order whose payment WeChat does not tie to a mini-program user (such as H5)."""
    payment = await ctx.payments.find_payment(payable=payable_of(shipment.order_id))
    in_mini_program = payment.status is PaymentStatus.PAID and payment.channel == _MINI_PROGRAM
    if not in_mini_program or not payment.transaction_id or not payment.payer_openid:
        return None
    order = await ctx.trade.get_order(order_id=shipment.order_id)
    carrier = CARRIERS.get(shipment.carrier_code, CARRIERS["OTHER"])
    item = ShippingItem(
        description=f"{in_language(order.product_name, 'zh-Hans')} × {order.quantity}",
        carrier_code=carrier.wechat_code,
        tracking_no=shipment.tracking_no,
        receiver_phone_masked=masked_phone(order.address.phone),
    )
    return ShippingUpload(
        transaction_id=payment.transaction_id,
        payer_openid=payment.payer_openid,
        upload_time=ctx.clock.now(),
        items=(item,),
    )


async def _refused(ctx: Fulfilment, shipment: Shipment, upload: Upload, refused: MiniProgramRefused) -> None:
    status = status_after_refusal(refused.errcode, upload.refusals + 1, corrected=upload.corrected)
    level = log.error if status is UploadStatus.REFUSED else log.warning
    level("shipping_upload_refused", order_id=str(shipment.order_id), errcode=refused.errcode, status=status)
    await _record(ctx, shipment, status, refused=1, error=str(refused)[:500])
    if status is UploadStatus.WAITING:
        raise RetryLater(pause_after_refusal())


async def _record(
    ctx: Fulfilment,
    shipment: Shipment,
    status: UploadStatus,
    *,
    unanswered: int = 0,
    refused: int = 0,
    error: str | None = None,
) -> None:
    async with ctx.database.write() as tx:
        await repository.record_upload(
            tx, shipment, status, tx.clock.now(), unanswered=unanswered, refused=refused, error=error
        )
