"""The numbers of parcels: who goes with which, and what one was corrected to."""

from uuid import UUID

from chengtuan.kernel.ids import new_id
from chengtuan.platform.database import WriteSession


async def claim_number(
    tx: WriteSession, merchant_id: UUID, tracking_no: str, order_id: UUID, parcel_id: UUID | None
) -> tuple[UUID, list[str]]:
    """The order goes with this number in the parcel that is answered: a new one, unless it was told before.

    `parcel_id`: a parcel that is there takes the number, unless another one holds it. Answers the merchant's other
    orders with it, too, by their numbers. Who takes a number waits for the one who takes it at the same time, so that
    not both find it free.
    """
    await _lock_number(tx, merchant_id, tracking_no)
    await tx.execute(
        "insert into parcel_number as n (merchant_id, tracking_no, order_id, parcel_id)"
        " values (%(merchant)s, %(number)s, %(order)s, coalesce(%(parcel)s::uuid, %(fresh)s))"
        " on conflict (merchant_id, tracking_no, order_id) do update set held = n.held + 1,"
        " parcel_id = case when n.held = 0 then coalesce(%(parcel)s::uuid, n.parcel_id) else n.parcel_id end",
        {
            "merchant": merchant_id,
            "number": tracking_no,
            "order": order_id,
            "parcel": parcel_id,
            "fresh": new_id(),
        },
    )
    taken = await tx.fetch_tuples(
        "select p.order_id, p.parcel_id, coalesce(s.number, t.number, p.order_id::text) from parcel_number p"
        " left join shipment s using (order_id) left join parcel_task t using (order_id)"
        " where p.merchant_id = %s and p.tracking_no = %s and p.held > 0 order by p.order_id",
        (merchant_id, tracking_no),
    )
    (own,) = [parcel for order, parcel, _ in taken if order == order_id]
    return own, [number for order, _, number in taken if order != order_id]


async def keep_number(tx: WriteSession, merchant_id: UUID, tracking_no: str, order_id: UUID, parcel_id: UUID) -> None:
    """A parcel that was sent holds its number, whoever claimed it."""
    await tx.execute(
        "insert into parcel_number as n (merchant_id, tracking_no, order_id, parcel_id) values (%s, %s, %s, %s)"
        " on conflict (merchant_id, tracking_no, order_id) do update set held = greatest(n.held, 1)",
        (merchant_id, tracking_no, order_id, parcel_id),
    )


async def give_number_back(tx: WriteSession, merchant_id: UUID, tracking_no: str, order_id: UUID) -> None:
    """One who claimed it was refused. Others may be sending with it at this moment, so it keeps its parcel's id.

    A parcel that has the number goes on holding it: its label may have been corrected away and back since the claim.
    """
    await _lock_number(tx, merchant_id, tracking_no)
    await tx.execute(
        "update parcel_number n set held = held - 1"
        " where merchant_id = %(merchant)s and tracking_no = %(number)s and order_id = %(order)s and held > ("
        "  select count(*) from parcel p where p.order_id = %(order)s and p.tracking_no = %(number)s)",
        {"merchant": merchant_id, "number": tracking_no, "order": order_id},
    )


async def free_number(tx: WriteSession, merchant_id: UUID, tracking_no: str, parcel_id: UUID) -> None:
    """The parcel has another number: with this one another parcel may go."""
    await tx.execute(
        "delete from parcel_number where merchant_id = %s and tracking_no = %s and parcel_id = %s",
        (merchant_id, tracking_no, parcel_id),
    )


async def count_correction(tx: WriteSession, order_id: UUID) -> bool:
    """Numbers of the order's parcels are other ones, to be reported anew if wrong ones were, or were refused.

    False if they were corrected after all parcels were reported: WeChat takes one correction.
    """
    revised = await tx.execute(
        "update shipment s set revision = revision + 1, corrected_after_report = upload_status = 'done'"
        " and coalesce(s.parcels = (select count(*) from parcel p where p.order_id = s.order_id), false),"
        " upload_status = case when upload_status in ('done', 'refused') then 'waiting' else upload_status end,"
        " uploaded_at = null, upload_refusals = 0 where order_id = %s and not corrected_after_report",
        (order_id,),
    )
    return revised == 1


async def label_parcel(tx: WriteSession, parcel_id: UUID, carrier_code: str, tracking_no: str) -> None:
    """From now on this is the parcel's number."""
    await tx.execute(
        "update parcel set carrier_code = %s, tracking_no = %s where id = %s", (carrier_code, tracking_no, parcel_id)
    )


async def _lock_number(tx: WriteSession, merchant_id: UUID, tracking_no: str) -> None:
    await tx.execute(
        "select pg_advisory_xact_lock(hashtextextended('fulfilment.parcel:' || %s::text || %s, 0))",
        (merchant_id, tracking_no),
    )
