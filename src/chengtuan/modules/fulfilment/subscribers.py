"""Which events fulfilment acts on."""

from chengtuan.modules.fulfilment.moves import await_parcels, keep_missed_parcel, keep_missed_shipment
from chengtuan.modules.trade.facade import OrderReadyToShip, OrderShipped, ParcelSent
from chengtuan.platform.inbox import Subscriber, on, on_batch


def subscribers() -> list[Subscriber]:
    return [
        on_batch(OrderReadyToShip, await_parcels, name="await_parcel"),
        on(ParcelSent, keep_missed_parcel),
        on(OrderShipped, keep_missed_shipment),
    ]
