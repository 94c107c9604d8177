"""The numbers of parcels: who goes with which, and what one was corrected to."""

from uuid import UUID

from chengtuan.platform.database import WriteSession


async def claim_number(
    tx: WriteSession, merchant_id: UUID, tracking_no: str, order_id: UUID, parcel_id: UUID
) -> tuple[UUID, list[str]]:
    """The order goes with this number in the parcel that is answered: this one, unless another took it before.

    Answers the merchant's other orders with it, too, by their numbers. Who takes a number waits for the one who takes
    it at the same time, so that not both find it free.
    """
    await tx.execute(
        "select pg_advisory_xact_lock(hashtextextended('fulfilment.parcel:' || %s::text || %s, 0))",
        (merchant_id, tracking_no),
    )
    await keep_number(tx, merchant_id, tracking_no, order_id, parcel_id)
    taken = await tx.fetch_tuples(
        "select p.order_id, p.parcel_id, coalesce(s.number, t.number, p.order_id::text) from parcel_number p"
        " left join shipment s using (order_id) left join parcel_task t using (order_id)"
        " where p.merchant_id = %s and p.tracking_no = %s order by p.order_id",
        (merchant_id, tracking_no),
    )
    (own,) = [parcel for order, parcel, _ in taken if order == order_id]
    return own, [number for order, _, number in taken if order != order_id]


async def keep_number(tx: WriteSession, merchant_id: UUID, tracking_no: str, order_id: UUID, parcel_id: UUID) -> None:
    await tx.execute(
        "insert into parcel_number (merchant_id, tracking_no, order_id, parcel_id) values (%s, %s, %s, %s)"
        " on conflict do nothing",
        (merchant_id, tracking_no, order_id, parcel_id),
    )


async def give_number_back(tx: WriteSession, merchant_id: UUID, tracking_no: str, order_id: UUID) -> None:
    """Unless a parcel of the order was sent with it."""
    await tx.execute(
        "delete from parcel_number p where p.merchant_id = %(merchant)s and p.tracking_no = %(number)s"
        " and p.order_id = %(order)s and not exists (select 1 from parcel s"
        " where s.order_id = %(order)s and s.tracking_no = %(number)s)",
        {"merchant": merchant_id, "number": tracking_no, "order": order_id},
    )


async def correct_number(
    tx: WriteSession, order_id: UUID, parcel_id: UUID, carrier_code: str, tracking_no: str
) -> bool:
    """From now on this is the parcel's number, to be reported anew if the wrong one was, or was refused.

    False if a number was corrected after all parcels were reported: WeChat takes one correction.
    """
    revised = await tx.execute(
        "update shipment s set revision = revision + 1, corrected_after_report = upload_status = 'done'"
        " and coalesce(s.parcels = (select count(*) from parcel p where p.order_id = s.order_id), false),"
        " upload_status = case when upload_status in ('done', 'refused') then 'waiting' else upload_status end,"
        " uploaded_at = null, upload_refusals = 0 where order_id = %s and not corrected_after_report",
        (order_id,),
    )
    if revised:
        await tx.execute(
            "update parcel set carrier_code = %s, tracking_no = %s where id = %s",
            (carrier_code, tracking_no, parcel_id),
        )
    return revised == 1
