"""Orders, from rows to what clients see."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from fastapi import Response

from chengtuan.modules.trade.activities.http.present import seats_taken
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.orders.http import schemas
from chengtuan.modules.trade.orders.rows.lines import OrderLine
from chengtuan.modules.trade.orders.rows.views import OrderView
from chengtuan.modules.trade.orders.usecases.read_order import Glance, OrderDetail, read_order
from chengtuan.modules.trade.refunds.http.present import refund
from chengtuan.modules.trade.states import ActivityKind
from chengtuan.platform.http.access import Staff
from chengtuan.platform.permissions import Permission

_HIDDEN = "****"


def _order_group(row: OrderView) -> schemas.OrderGroup | None:
    if row.group_id is None or row.group_status is None or row.group is None:
        return None
    return schemas.OrderGroup(
        id=row.group_id,
        status=row.group_status,
        size=row.group_size or 0,
        paid=row.group.paid,
        deadline=row.group_deadline,
        is_initiator=bool(row.is_initiator),
        **seats_taken(row.group),
    )


def _line(line: OrderLine) -> schemas.OrderLine:
    return schemas.OrderLine(
        line=line.line,
        product_id=line.product_id,
        sku_id=line.sku_id,
        product_name=line.product_name,
        sku_name=line.sku_name,
        image_url=line.image_url,
        list_unit_fen=line.list_unit_fen,
        unit_price_fen=line.unit_fen,
        quantity=line.quantity,
        sent=line.sent,
        amount_fen=line.goods_fen,
        off_fen=line.off_fen,
        payable_fen=line.payable_fen,
    )


def console_order(detail: OrderDetail, staff: Staff, now: datetime) -> schemas.Order:
    """As staff see it: the recipient is for those who send the parcel or speak with them.

    Others see enough to tell one from another, and the place down to the district. Of a remark they see that there is
    one: people write into it whom to ring up.
    """
    shown = order(detail, now)
    if Permission.ORDERS_CONTACT not in staff.permissions:
        address = shown.address
        address.name = f"{address.name[:1]}**"
        address.phone = f"{address.phone[:-8]}****{address.phone[-4:]}"
        address.detail = _HIDDEN
        shown.remark = _HIDDEN if shown.remark else ""
    return shown


def order(detail: OrderDetail, now: datetime) -> schemas.Order:
    row = detail.order
    return schemas.Order(
        id=row.id,
        number=row.number,
        kind=row.kind,
        status=row.status,
        flash_sale_id=row.activity_id if row.kind == ActivityKind.FLASH else None,
        group_id=row.group_id,
        group=_order_group(row),
        merchant_id=row.merchant_id,
        merchant_name=row.merchant_name,
        product_id=detail.glimpse.lines[0].product_id,
        lines=[_line(line) for line in detail.glimpse.lines],
        adjustments=[
            schemas.AdjustmentOut.model_validate(each, from_attributes=True) for each in detail.glimpse.adjustments
        ],
        goods_fen=row.goods_fen,
        off_fen=row.off_fen,
        freight_fen=row.freight_fen,
        payable_fen=row.payable_fen,
        paid_fen=row.paid_fen,
        refunded_fen=row.refunded_fen,
        address=schemas.OrderAddress.model_validate(detail.address, from_attributes=True),
        remark=detail.remark,
        created_at=row.created_at,
        pay_before=row.pay_before,
        paid_at=row.paid_at,
        ready_at=row.ready_at,
        shipped_at=row.shipped_at,
        completed_at=row.completed_at,
        cancelled_at=row.cancelled_at,
        cancel_reason=row.cancel_reason,
        refunds=[refund(item) for item in detail.glimpse.refunds],
        now=now,
    )


async def shown_order(ctx: TradeContext, glance: Glance, order_id: UUID, user_ids: Collection[UUID]) -> Response:
    """`user_ids` as in `read_order`."""
    return answer(await read_order(ctx, glance, order_id, user_ids), ctx.clock.now())


def answer(detail: OrderDetail, now: datetime, *, status: int = 200) -> Response:
    """The order as JSON, written once: the framework would check and convert it a second time."""
    return Response(order(detail, now).model_dump_json(), status, media_type="application/json")
