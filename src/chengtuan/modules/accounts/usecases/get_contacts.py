from uuid import UUID

from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.facade import Contact
from chengtuan.modules.accounts.repository import people
from chengtuan.modules.accounts.sealing import PERSON_PHONE, open_openid


async def get_contacts(ctx: Accounts, user_ids: list[UUID]) -> list[Contact]:
    async with ctx.database.read() as db:
        rows = await people.list_people(db, user_ids)
    return [
        Contact(
            user_id=row.id,
            phone=ctx.keys.decrypt(row.phone, PERSON_PHONE) if row.phone else None,
            openid=open_openid(ctx.keys, row),
            language=row.language,
        )
        for row in rows
    ]
