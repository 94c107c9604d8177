"""From events to notices: who hears what. Each runs in the transaction that marks its events as handled."""

from collections.abc import Sequence
from typing import Any

from chengtuan.modules.messaging.moves.keep_notices import keep_notices, replace_notices
from chengtuan.modules.messaging.rules.notices import NoticeDraft, NoticeTemplate
from chengtuan.modules.trade.facade import (
    GroupFailed,
    GroupFormed,
    OrderShipped,
    ParcelCorrected,
    ParcelSent,
    RefundCompleted,
    RefundPlanned,
)
from chengtuan.platform.database import WriteSession

_TOLD_WHEN_PLANNED = {
    "late_payment": NoticeTemplate.PAYMENT_LATE,
    "initiator_perk": NoticeTemplate.INITIATOR_PERK,
}
"""The other reasons for a refund are told by the event that caused them."""


async def tell_groups_formed(tx: WriteSession, events: Sequence[GroupFormed]) -> None:
    """A member of a ladder group who gets money back hears of both in one notice."""
    await keep_notices(tx, [draft for event in events for draft in _formed(event)])


def _formed(event: GroupFormed) -> list[NoticeDraft]:
    drafts = []
    for member in event.members:
        params = {"product_name": event.product_name, "people": event.paid}
        template = NoticeTemplate.GROUP_FORMED
        if member.refund_fen > 0:
            template = NoticeTemplate.LADDER_SETTLED
            params["refund_fen"] = member.refund_fen
        drafts.append(
            NoticeDraft(
                user_id=member.user_id,
                template=template,
                subject_id=member.order_id,
                params=params,
                order_id=member.order_id,
                group_id=event.group_id,
            )
        )
    return drafts


async def tell_groups_failed(tx: WriteSession, events: Sequence[GroupFailed]) -> None:
    drafts = [
        NoticeDraft(
            user_id=member.user_id,
            template=NoticeTemplate.GROUP_FAILED,
            subject_id=member.order_id,
            params={
                "product_name": event.product_name,
                "amount_fen": member.refund_fen,
                "reason": event.reason,
            },
            order_id=member.order_id,
            group_id=event.group_id,
        )
        for event in events
        for member in event.members
    ]
    await keep_notices(tx, drafts)


async def tell_parcels_sent(tx: WriteSession, events: Sequence[ParcelSent]) -> None:
    """One notice a parcel, with how many of the order's pieces are in it and how many are still to come."""
    drafts = [
        NoticeDraft(
            user_id=event.user_id,
            template=NoticeTemplate.ORDER_SHIPPED,
            subject_id=event.parcel.parcel_id,
            params={
                "product_name": event.product_name,
                "contents": event.contents or event.product_name,
                "number": event.number,
                "carrier_code": event.carrier_code,
                "tracking_no": event.tracking_no,
                "parcel": event.parcel.nth,
                "sent": sum(line.quantity for line in event.parcel.lines),
                "pieces": event.pieces,
                "left": event.parcel.left,
            },
            order_id=event.order_id,
        )
        for event in events
    ]
    await keep_notices(tx, drafts)


async def tell_orders_shipped(tx: WriteSession, events: Sequence[OrderShipped]) -> None:
    """Orders from before there could be several parcels: those that tell of parcels were told by these."""
    drafts = [
        NoticeDraft(
            user_id=event.user_id,
            template=NoticeTemplate.ORDER_SHIPPED,
            subject_id=event.order_id,
            params={
                "product_name": event.product_name,
                "number": event.number,
                "carrier_code": event.carrier_code,
                "tracking_no": event.tracking_no,
            },
            order_id=event.order_id,
        )
        for event in events
        if not event.parcels
    ]
    await keep_notices(tx, drafts)


async def tell_numbers_corrected(tx: WriteSession, events: Sequence[ParcelCorrected]) -> None:
    """One notice a parcel, with the number that it has: who looks with the one that was told before finds nothing."""
    drafts = [
        NoticeDraft(
            user_id=event.user_id,
            template=NoticeTemplate.NUMBER_CORRECTED,
            subject_id=event.parcel_id or event.order_id,
            params={
                "product_name": event.product_name,
                "number": event.number,
                "carrier_code": event.carrier_code,
                "tracking_no": event.tracking_no,
            },
            order_id=event.order_id,
        )
        for event in events
    ]
    await replace_notices(tx, drafts)


async def tell_refunds_completed(tx: WriteSession, events: Sequence[RefundCompleted]) -> None:
    await keep_notices(tx, [_about_refund(NoticeTemplate.REFUND_SUCCEEDED, event) for event in events])


async def tell_refunds_planned(tx: WriteSession, events: Sequence[RefundPlanned]) -> None:
    told = [(_TOLD_WHEN_PLANNED.get(event.reason), event) for event in events]
    await keep_notices(tx, [_about_refund(template, event) for template, event in told if template])


def _about_refund(template: NoticeTemplate, event: RefundPlanned | RefundCompleted) -> NoticeDraft:
    params: dict[str, Any] = {
        "product_name": event.product_name,
        "amount_fen": event.amount_fen,
        "reason": event.reason,
    }
    if isinstance(event, RefundPlanned) and event.cause:
        params["cause"] = event.cause
    return NoticeDraft(
        user_id=event.user_id,
        template=template,
        subject_id=event.refund_id,
        params=params,
        order_id=event.order_id,
    )
