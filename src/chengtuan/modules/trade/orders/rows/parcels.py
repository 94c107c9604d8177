"""What of an order went in which parcel, and the numbers that its parcels had."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chengtuan.modules.trade.facade import Label, ParcelLine
from chengtuan.modules.trade.limits import MAX_PARCELS
from chengtuan.modules.trade.orders.rules.parcels import SentLine
from chengtuan.modules.trade.states import ORDER, OrderAction
from chengtuan.platform.database import WriteSession


async def count_sent(tx: WriteSession, order_id: UUID, lines: Sequence[ParcelLine]) -> bool:
    """These pieces are sent. False if a line has not so many left: then the transaction has to be given up."""
    taken = await tx.execute(
        "update order_line l set sent = l.sent + p.quantity from unnest(%s::int[], %s::int[]) as p(line, quantity)"
        " where l.order_id = %s and l.line = p.line and l.sent + p.quantity <= l.quantity",
        ([each.line for each in lines], [each.quantity for each in lines], order_id),
    )
    return taken == len(lines)


async def add_parcel(tx: WriteSession, order_id: UUID, at: datetime, *, last: bool) -> int | None:
    """Which parcel of the order this is, from 1 on; the last one makes it shipped. None if the order takes none."""
    counted = await tx.fetch_tuples(
        "update shop_order set parcels = parcels + 1, status = case when %(last)s then %(shipped)s else status end,"
        " shipped_at = case when %(last)s then %(at)s::timestamptz else shipped_at end"
        " where id = %(order)s and status = any(%(from)s) and parcels < %(most)s returning parcels",
        {
            "last": last,
            "shipped": ORDER.target(OrderAction.SHIP),
            "at": at,
            "order": order_id,
            "from": ORDER.sources(OrderAction.SHIP),
            "most": MAX_PARCELS,
        },
    )
    return counted[0][0] if counted else None


async def sent_lines(tx: WriteSession, order_id: UUID) -> list[SentLine]:
    """What went in the order's parcels, in the order in which they went: the ledger knows."""
    return await tx.fetch_all(
        SentLine,
        "select parcel_id, line, -delta_reserved as quantity, at from stock_movement"
        " where subject_id = %s and parcel_id is not null"
        " order by min(seq) over (partition by parcel_id), line",
        (order_id,),
    )


async def find_label(tx: WriteSession, order_id: UUID, parcel_id: UUID) -> Label | None:
    """The number that a parcel has: of all that it had, the last."""
    return await tx.fetch_one(
        Label,
        "select carrier_code, tracking_no from order_parcel where parcel_id = %s and order_id = %s"
        " order by correction desc limit 1",
        (parcel_id, order_id),
    )


async def keep_label(tx: WriteSession, order_id: UUID, parcel_id: UUID, label: Label) -> None:
    """From now on the order is found by this number, too. The order's row is locked by the caller."""
    await tx.execute(
        "insert into order_parcel (tracking_no, merchant_id, parcel_id, order_id, carrier_code, correction)"
        " select %(no)s, merchant_id, %(parcel)s, id, %(carrier)s, (select coalesce(max(correction) + 1, 0)"
        " from order_parcel where parcel_id = %(parcel)s and order_id = %(order)s) from shop_order where id = %(order)s"
        " on conflict (tracking_no, merchant_id, parcel_id)"
        " do update set carrier_code = excluded.carrier_code, correction = excluded.correction",
        {"no": label.tracking_no, "carrier": label.carrier_code, "parcel": parcel_id, "order": order_id},
    )
