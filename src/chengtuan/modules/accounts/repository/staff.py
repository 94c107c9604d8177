from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.platform.database import ReadSession, WriteSession

_SELECT = "select id, login, password_hash, name, roles, merchant_id, disabled_at, created_at from staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRow:
    id: UUID
    login: str
    password_hash: str
    name: str
    roles: list[str]
    merchant_id: UUID | None
    created_at: datetime
    disabled_at: datetime | None = None


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
            (row.id, row.login, row.password_hash, row.name, row.roles, row.merchant_id, row.created_at),
        )
    )


async def list_staff(db: ReadSession) -> list[StaffRow]:
    return await db.fetch_all(StaffRow, _SELECT + " order by login")


async def lock_by_login(tx: WriteSession, login: str) -> StaffRow | None:
    """Signing in and being signed out everywhere wait for each other."""
    return await tx.fetch_one(StaffRow, _SELECT + " where login = %s for update", (login,))


async def lock_unchanged(tx: WriteSession, row: StaffRow) -> bool:
    """False if the account was disabled, or given another password, since the row was read."""
    found = await tx.fetch_value(
        "select 1 from staff where id = %s and password_hash = %s and disabled_at is null for share",
        (row.id, row.password_hash),
    )
    return found is not None


async def set_password(tx: WriteSession, staff_id: UUID, password_hash: str) -> None:
    await tx.execute("update staff set password_hash = %s where id = %s", (password_hash, staff_id))


async def disable(tx: WriteSession, staff_id: UUID) -> None:
    await tx.execute(
        "update staff set disabled_at = %s where id = %s and disabled_at is null", (tx.clock.now(), staff_id)
    )


async def enable(tx: WriteSession, staff_id: UUID) -> None:
    await tx.execute("update staff set disabled_at = null where id = %s", (staff_id,))
