"""Hand a shopper over to the payment provider."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from chengtuan.kernel.text import in_language
from chengtuan.modules.payments.facade import HandOver, PaymentNotOpen, PaymentRequest, Share
from chengtuan.modules.trade.context import TradeContext
from chengtuan.modules.trade.facade import OrderNotFound, payable_of
from chengtuan.modules.trade.orders.rows.glimpses import Glimpse
from chengtuan.modules.trade.orders.usecases.read_order import Glance
from chengtuan.modules.trade.problems import NeedsWeChat, OrderNotPayable
from chengtuan.modules.trade.states import GroupStatus, OrderStatus


@dataclass(frozen=True, kw_only=True)
class PayRequest:
    """`channel` is `wechat_h5` or `wechat_jsapi`, `user_ids` are the person's who pays."""

    user_ids: Collection[UUID]
    order_id: UUID
    request_id: UUID
    channel: str
    return_url: str | None
    client_ip: str


async def start_payment(ctx: TradeContext, glance: Glance, request: PayRequest) -> HandOver:
    """Raises OrderNotFound, OrderNotPayable, NeedsWeChat, PartnerUnavailable."""
    found = await _payable_order(ctx, glance, request)
    openid = await _openid(ctx, found.order.user_id) if request.channel == "wechat_jsapi" else None
    try:
        return await ctx.payments.open_payment(request=_request(found, request, openid))
    except PaymentNotOpen as error:
        raise OrderNotPayable from error


def _request(found: Glimpse, request: PayRequest, openid: str | None) -> PaymentRequest:
    order = found.order
    whole = Share(
        subject_id=order.id,
        subject_number=order.number,
        merchant_id=order.merchant_id,
        amount_fen=order.payable_fen,
    )
    return PaymentRequest(
        request_id=request.request_id,
        payable=payable_of(order.id),
        shares=(whole,),
        user_id=order.user_id,
        description=in_language(found.product_name, "zh-Hans")[:40],
        channel=request.channel,
        payer_openid=openid,
        client_ip=request.client_ip,
        return_url=request.return_url,
        expires_at=order.pay_before,
    )


async def _payable_order(ctx: TradeContext, glance: Glance, request: PayRequest) -> Glimpse:
    """Nobody is led to pay for a group that has ended: the money would only come back (rule 3)."""
    found = await glance.find(request.order_id)
    if found is None or found.order.user_id not in request.user_ids:
        raise OrderNotFound
    order = found.order
    over = ctx.clock.now() >= order.pay_before or order.group_status in (GroupStatus.SUCCEEDED, GroupStatus.FAILED)
    if over or order.status != OrderStatus.PENDING_PAYMENT:
        raise OrderNotPayable
    return found


async def _openid(ctx: TradeContext, user_id: UUID) -> str:
    contacts = await ctx.accounts.get_contacts(user_ids=[user_id])
    if not contacts or contacts[0].openid is None:
        raise NeedsWeChat
    return contacts[0].openid
