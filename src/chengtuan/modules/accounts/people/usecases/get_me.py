from uuid import UUID

from chengtuan.kernel.problems import NotSignedIn
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.people.rows import people
from chengtuan.modules.accounts.people.rows.own_profile import OwnProfile


async def get_me(ctx: AccountsContext, person_id: UUID) -> OwnProfile:
    """Raises NotSignedIn if the person is gone."""
    async with ctx.database.read() as db:
        person = await people.find_person(db, person_id)
    if person is None:
        raise NotSignedIn
    return OwnProfile.of(ctx.keys, person)
