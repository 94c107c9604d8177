from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.platform.database import ReadSession, WriteSession

_SELECT = (
    "select id, login, password_hash, name, roles, merchant_id, disabled_at, created_at, first_password_until, version"
    " from staff"
)
_BY_LOGIN = _SELECT + " where login = any(%s) order by as_before desc limit 1"


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
    first_password_until: datetime | None = None
    version: int = 1

    @property
    def must_change_password(self) -> bool:
        """Somebody else set the password."""
        return self.first_password_until is not None


async def find_by_login(db: ReadSession, spellings: Sequence[str]) -> StaffRow | None:
    """Whose login is typed so. Who has exactly this spelling from before comes first."""
    return await db.fetch_one(StaffRow, _BY_LOGIN, (list(spellings),))


async def find_staff(db: ReadSession | WriteSession, staff_id: UUID) -> StaffRow | None:
    return await db.fetch_one(StaffRow, _SELECT + " where id = %s", (staff_id,))


async def insert_staff(tx: WriteSession, row: StaffRow) -> bool:
    """False if the login is taken."""
    return bool(
        await tx.execute(
            "insert into staff (id, login, password_hash, name, roles, merchant_id, created_at, first_password_until)"
            " values (%(id)s, %(login)s, %(password_hash)s, %(name)s, %(roles)s, %(merchant_id)s, %(created_at)s,"
            " %(first_password_until)s) on conflict (login) do nothing",
            asdict(row),
        )
    )


async def list_staff(db: ReadSession) -> list[StaffRow]:
    return await db.fetch_all(StaffRow, _SELECT + " order by login")


async def lock_by_login(tx: WriteSession, spellings: Sequence[str]) -> StaffRow | None:
    """Signing in and being signed out everywhere wait for each other."""
    return await tx.fetch_one(StaffRow, _BY_LOGIN + " for update", (list(spellings),))


async def lock_unchanged(tx: WriteSession, row: StaffRow) -> bool:
    """False if the account was disabled, or given another password, since the row was read."""
    found = await tx.fetch_value(
        "select 1 from staff where id = %s and password_hash = %s and disabled_at is null for share",
        (row.id, row.password_hash),
    )
    return found is not None


async def lock_colleagues(tx: WriteSession, merchant_id: UUID | None) -> list[StaffRow]:
    """Everybody of a merchant, or of the platform: changes of them wait for each other, in one order."""
    return await tx.fetch_all(
        StaffRow, _SELECT + " where merchant_id is not distinct from %s order by id for update", (merchant_id,)
    )


async def list_colleagues(
    db: ReadSession, merchant_id: UUID | None, *, after: UUID | None, limit: int
) -> list[StaffRow]:
    """Those who can sign in first; from the one behind `after` on."""
    return await db.fetch_all(
        StaffRow,
        _SELECT + " where merchant_id is not distinct from %(merchant)s and (%(after)s::uuid is null"
        " or (disabled_at is not null, name, login) > (select a.disabled_at is not null, a.name, a.login"
        "  from staff a where a.id = %(after)s and a.merchant_id is not distinct from %(merchant)s))"
        " order by disabled_at is not null, name, login limit %(limit)s",
        {"merchant": merchant_id, "after": after, "limit": limit},
    )


async def set_first_password(tx: WriteSession, staff_id: UUID, password_hash: str, until: datetime) -> None:
    """One that its owner has to change."""
    await tx.execute(
        "update staff set password_hash = %s, first_password_until = %s where id = %s", (password_hash, until, staff_id)
    )


async def replace_own_password(tx: WriteSession, row: StaffRow, password_hash: str) -> bool:
    """False if the account was disabled, or given another password, since the row was read."""
    return bool(
        await tx.execute(
            "update staff set password_hash = %s, first_password_until = null"
            " where id = %s and password_hash = %s and disabled_at is null",
            (password_hash, row.id, row.password_hash),
        )
    )


async def set_roles(tx: WriteSession, staff_id: UUID, name: str, roles: list[str]) -> bool:
    """False if they are so already."""
    changed = await tx.execute(
        "update staff set name = %s, roles = %s, version = version + 1"
        " where id = %s and (name, roles) is distinct from (%s, %s::text[])",
        (name, roles, staff_id, name, roles),
    )
    return changed == 1


async def disable(tx: WriteSession, staff_id: UUID) -> bool:
    """False if that was done before."""
    disabled = await tx.execute(
        "update staff set disabled_at = %s where id = %s and disabled_at is null", (tx.clock.now(), staff_id)
    )
    return disabled == 1


async def enable(tx: WriteSession, staff_id: UUID) -> bool:
    """False if nobody disabled it."""
    return (
        await tx.execute("update staff set disabled_at = null where id = %s and disabled_at is not null", (staff_id,))
        == 1
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSessionRow:
    staff_id: UUID
    merchant_id: UUID | None
    roles: list[str]
    name: str
    must_change_password: bool
    created_at: datetime
    renewed_at: datetime
    expires_at: datetime


async def find_staff_session(db: ReadSession, token_hash: bytes, now: datetime) -> StaffSessionRow | None:
    return await db.fetch_one(
        StaffSessionRow,
        "select s.id as staff_id, s.merchant_id, s.roles, s.name,"
        " s.first_password_until is not null as must_change_password,"
        " session.created_at, session.renewed_at, session.expires_at"
        " from session join staff s on s.id = subject_id"
        " where token_hash = %s and kind = 'staff' and expires_at > %s and s.disabled_at is null",
        (token_hash, now),
    )
