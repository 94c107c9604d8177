from chengtuan.modules.fulfilment.rows import shipments
from chengtuan.modules.fulfilment.rows.shipments import ParcelTask
from chengtuan.modules.trade.facade import OrderReadyToShip
from chengtuan.platform.database import WriteSession


async def await_parcel(tx: WriteSession, event: OrderReadyToShip) -> None:
    """An order is the merchant's turn."""
    task = ParcelTask(
        order_id=event.order_id,
        number=event.number,
        user_id=event.user_id,
        merchant_id=event.merchant_id,
        ready_at=event.ready_at,
    )
    await shipments.insert_task(tx, task)
