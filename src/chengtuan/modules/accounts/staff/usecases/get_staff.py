from uuid import UUID

from chengtuan.kernel.problems import NotSignedIn
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.staff import rows as staff
from chengtuan.modules.accounts.staff.rows import StaffRow


async def get_staff(ctx: AccountsContext, staff_id: UUID) -> StaffRow:
    """Raises NotSignedIn if the account is gone."""
    async with ctx.database.read() as db:
        found = await staff.find_staff(db, staff_id)
    if found is None:
        raise NotSignedIn
    return found
