"""Which events fulfilment acts on."""

from chengtuan.modules.fulfilment.usecases.await_parcel import await_parcel
from chengtuan.modules.fulfilment.usecases.keep_shipment import keep_missed_shipment
from chengtuan.modules.trade.facade import OrderReadyToShip, OrderShipped
from chengtuan.platform.inbox import Subscriber, on


def subscribers() -> list[Subscriber]:
    return [on(OrderReadyToShip, await_parcel), on(OrderShipped, keep_missed_shipment)]
