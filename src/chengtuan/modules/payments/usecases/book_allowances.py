"""Other modules book what makes something's worth differ from what was paid for it."""

from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.facade import AllowanceRequest, AllowancesDiffer
from chengtuan.modules.payments.rows import ledger
from chengtuan.modules.payments.rules.ledger import Booking, Kind


async def book_allowances(ctx: PaymentsContext, request: AllowanceRequest) -> None:
    """All in one transaction, once per `request_id`. Raises AllowancesDiffer."""
    wanted: dict[Kind, int] = {}
    for allowance in request.allowances:
        kind = Kind(allowance.kind.value)
        wanted[kind] = wanted.get(kind, 0) + allowance.amount_fen
    bookings = [
        Booking(
            kind=kind,
            fact_id=request.request_id,
            purpose=request.purpose,
            subject_id=request.subject_id,
            merchant_id=request.merchant_id,
            amount_fen=amount_fen,
        )
        for kind, amount_fen in sorted(wanted.items())
    ]
    async with ctx.database.write() as tx:
        new = await ledger.book_new(tx, bookings)
        if new not in (0, len(bookings)) or await ledger.sum_booked(tx, request.request_id) != wanted:
            raise AllowancesDiffer
