from uuid import UUID

from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.facade import Contact
from chengtuan.modules.accounts.people.rows import people
from chengtuan.modules.accounts.people.rows.people import PersonRow
from chengtuan.modules.accounts.people.rows.sealing import PERSON_PHONE, open_openid


async def get_contacts(ctx: AccountsContext, user_ids: list[UUID]) -> list[Contact]:
    async with ctx.database.read() as db:
        accounts = await people.accounts_of(db, user_ids)
        rows = {row.id: row for row in await people.list_people(db, list(set(accounts.values())))}
    return [
        _contact(ctx, user_id, rows[person_id], [one for one, of in accounts.items() if of == person_id])
        for user_id in user_ids
        if (person_id := accounts.get(user_id))
    ]


def _contact(ctx: AccountsContext, user_id: UUID, row: PersonRow, accounts: list[UUID]) -> Contact:
    return Contact(
        user_id=user_id,
        accounts=accounts,
        phone=ctx.keys.decrypt(row.phone, PERSON_PHONE) if row.phone else None,
        openid=open_openid(ctx.keys, row),
        language=row.language,
    )
