"""WeChat keeps a mini program's money frozen until it hears that the goods were sent (rule 17)."""

from dataclasses import dataclass
from uuid import UUID

import structlog

from chengtuan.gateways.wechat import MiniProgramRefused, ProviderUnavailable, ShippingItem, ShippingUpload
from chengtuan.kernel.text import in_language
from chengtuan.modules.fulfilment.context import FulfilmentContext
from chengtuan.modules.fulfilment.rows import parcels, shipments, uploads
from chengtuan.modules.fulfilment.rows.parcels import Parcel, ParcelLine
from chengtuan.modules.fulfilment.rows.uploads import Reported, Upload
from chengtuan.modules.fulfilment.rules.carriers import CARRIERS
from chengtuan.modules.fulfilment.rules.uploads import (
    UploadStatus,
    masked_phone,
    pause_after_refusal,
    pause_after_silence,
    status_after_refusal,
)
from chengtuan.modules.payments.facade import PaymentStatus
from chengtuan.modules.trade.facade import OrderSnapshot, payable_of
from chengtuan.platform.jobs import Job, RetryLater

log = structlog.get_logger(__name__)

_MINI_PROGRAM = "wechat_jsapi"


@dataclass(frozen=True, slots=True)
class _Sent:
    """An order's parcels as they are to be reported, and how that stands."""

    reported: Reported
    parcels: list[Parcel]
    lines: list[ParcelLine]
    upload: Upload


async def upload_shipping(ctx: FulfilmentContext, job: Job) -> None:
    """Report an order's parcels once. Raises RetryLater while WeChat is silent or does not know the payment yet."""
    sent = await _find(ctx, UUID(job.ref))
    if sent is None or sent.upload.status != UploadStatus.WAITING:
        return
    report = await _report(ctx, sent)
    if ctx.wechat is None or report is None:
        log.info("shipping_upload_skipped", order_id=job.ref, mini_program=ctx.wechat is not None)
        await _record(ctx, sent.reported, UploadStatus.SKIPPED)
        return
    try:
        await ctx.wechat.upload_shipping_info(report)
    except ProviderUnavailable as silent:
        log.warning("shipping_upload_postponed", order_id=job.ref, reason=str(silent))
        await _record(ctx, sent.reported, UploadStatus.WAITING, unanswered=1, error=str(silent)[:500])
        raise RetryLater(pause_after_silence(sent.upload.attempts + 1)) from None
    except MiniProgramRefused as refused:
        await _refused(ctx, sent, refused)
        return
    await _record(ctx, sent.reported, UploadStatus.DONE)


async def _find(ctx: FulfilmentContext, order_id: UUID) -> _Sent | None:
    """The revision is read before the parcels: what comes in between is reported twice rather than never."""
    async with ctx.database.read() as db:
        shipment = await shipments.find_shipment(db, order_id)
        upload = await uploads.find_upload(db, order_id)
        found, lines, _ = await parcels.parcels_of(db, order_id)
    if shipment is None or upload is None or not found:
        return None
    complete = shipment.parcels == len(found)
    return _Sent(Reported(order_id=order_id, revision=shipment.revision, complete=complete), found, lines, upload)


async def _report(ctx: FulfilmentContext, sent: _Sent) -> ShippingUpload | None:
    """None for an order whose payment WeChat does not tie to a mini-program user (such as H5)."""
    order_id = sent.reported.order_id
    payment = await ctx.payments.find_payment(payable=payable_of(order_id))
    in_mini_program = payment.status is PaymentStatus.PAID and payment.channel == _MINI_PROGRAM
    if not in_mini_program or not payment.transaction_id or not payment.payer_openid:
        return None
    order = await ctx.trade.get_order(order_id=order_id)
    return ShippingUpload(
        transaction_id=payment.transaction_id,
        payer_openid=payment.payer_openid,
        upload_time=ctx.clock.now(),
        items=tuple(_item(order, parcel, sent.lines) for parcel in sent.parcels),
        complete=sent.reported.complete,
    )


def _item(order: OrderSnapshot, parcel: Parcel, lines: list[ParcelLine]) -> ShippingItem:
    names = {each.line: in_language(each.product_name, "zh-Hans") for each in order.lines}
    goods = [f"{names[each.line]} × {each.quantity}" for each in lines if each.parcel_id == parcel.id]
    return ShippingItem(
        description="；".join(goods) or in_language(order.product_name, "zh-Hans"),
        carrier_code=CARRIERS.get(parcel.carrier_code, CARRIERS["OTHER"]).wechat_code,
        tracking_no=parcel.tracking_no,
        receiver_phone_masked=masked_phone(order.address.phone),
    )


async def _refused(ctx: FulfilmentContext, sent: _Sent, refused: MiniProgramRefused) -> None:
    status = status_after_refusal(refused.errcode, sent.upload.refusals + 1, corrected=sent.upload.corrected)
    level = log.error if status is UploadStatus.REFUSED else log.warning
    level("shipping_upload_refused", order_id=str(sent.reported.order_id), errcode=refused.errcode, status=status)
    await _record(ctx, sent.reported, status, refused=1, error=str(refused)[:500])
    if status is UploadStatus.WAITING:
        raise RetryLater(pause_after_refusal())


async def _record(
    ctx: FulfilmentContext,
    reported: Reported,
    status: UploadStatus,
    *,
    unanswered: int = 0,
    refused: int = 0,
    error: str | None = None,
) -> None:
    async with ctx.database.write() as tx:
        await uploads.record_upload(
            tx, reported, status, tx.clock.now(), unanswered=unanswered, refused=refused, error=error
        )
