from uuid import UUID

from chengtuan.modules.payments.context import PaymentsContext
from chengtuan.modules.payments.problems import DifferenceNotFound, DifferenceRepaired
from chengtuan.modules.payments.rows import reconciliations
from chengtuan.modules.payments.rows.reconciliations import Difference


async def explain_difference(ctx: PaymentsContext, difference_id: UUID, staff_id: UUID, note: str) -> Difference:
    """A person found out why, and is kept: it counts as closed unless its amounts change.

    A later note replaces the earlier; the same one leaves who wrote it first.
    Raises DifferenceNotFound, DifferenceRepaired.
    """
    async with ctx.database.write() as tx:
        found = await reconciliations.find_difference(tx, difference_id)
        if found is None:
            raise DifferenceNotFound
        if (found.resolution, found.note) == ("explained", note):
            return found
        if not await reconciliations.explain(tx, difference_id, staff_id, note):
            raise DifferenceRepaired
        await reconciliations.judge(tx, found.bill_date)
        explained = await reconciliations.find_difference(tx, difference_id)
    assert explained is not None, "differences are never deleted"
    return explained
