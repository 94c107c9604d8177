from dataclasses import dataclass
from uuid import UUID

from chengtuan.platform.database import ReadSession, WriteSession

_SELECT = "select id, login, password_hash, name, roles, merchant_id from staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRow:
    id: UUID
    login: str
    password_hash: str
    name: str
    roles: list[str]
    merchant_id: UUID | None


async def find_by_login(db: ReadSession, login: str) -> StaffRow | None:
    return await db.fetch_one(StaffRow, _SELECT + " where login = %s", (login,))


async def find_staff(db: ReadSession, staff_id: UUID) -> StaffRow | None:
    return await db.fetch_one(StaffRow, _SELECT + " where id = %s", (staff_id,))


async def insert_staff(tx: WriteSession, row: StaffRow) -> bool:
    """False if the login is taken."""
    return bool(
        await tx.execute(
            "insert into staff (id, login, password_hash, name, roles, merchant_id, created_at)"
            " values (%s, %s, %s, %s, %s, %s, %s) on conflict (login) do nothing",
            (row.id, row.login, row.password_hash, row.name, row.roles, row.merchant_id, tx.clock.now()),
        )
    )
