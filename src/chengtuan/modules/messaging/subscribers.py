"""Which events people hear of."""

from chengtuan.modules.messaging.moves.tell_news import (
    tell_groups_failed,
    tell_groups_formed,
    tell_numbers_corrected,
    tell_orders_shipped,
    tell_parcels_sent,
    tell_refunds_completed,
    tell_refunds_planned,
)
from chengtuan.modules.trade.facade import (
    GroupFailed,
    GroupFormed,
    OrderShipped,
    ParcelCorrected,
    ParcelSent,
    RefundCompleted,
    RefundPlanned,
)
from chengtuan.platform.inbox import Subscriber, on_batch


def subscribers() -> list[Subscriber]:
    return [
        on_batch(GroupFormed, tell_groups_formed),
        on_batch(GroupFailed, tell_groups_failed),
        on_batch(ParcelSent, tell_parcels_sent),
        on_batch(OrderShipped, tell_orders_shipped),
        on_batch(ParcelCorrected, tell_numbers_corrected),
        on_batch(RefundCompleted, tell_refunds_completed),
        on_batch(RefundPlanned, tell_refunds_planned),
    ]
