"""Staff as those see them who manage the people of their own shop, or of the platform."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import structlog

from chengtuan.kernel.pagination import decode_id_cursor, encode_cursor, page_of
from chengtuan.kernel.problems import NotAllowed
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.facade import LoginTaken, RolesDoNotFit, StaffNotFound
from chengtuan.modules.accounts.problems import BeyondOwnPermissions, NotOneself, StaffChanged
from chengtuan.modules.accounts.sessions.moves import sign_out_everywhere
from chengtuan.modules.accounts.sessions.rows import sessions
from chengtuan.modules.accounts.staff import rows as staff
from chengtuan.modules.accounts.staff.rows import StaffRow
from chengtuan.modules.accounts.staff.rules import FIRST_PASSWORD_LIFETIME, first_password, may_hand, roles_to_give
from chengtuan.modules.accounts.staff.usecases.prepare_staff import prepare_staff
from chengtuan.platform.database import WriteSession
from chengtuan.platform.permissions import Permission, Role, permissions_of, roles_fit, usable_permissions

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Colleague:
    """`sessions`: on how many browsers they are signed in."""

    row: StaffRow
    sessions: int


@dataclass(frozen=True, slots=True)
class Colleagues:
    """`giveable` are the roles that whoever asks may give."""

    people: list[Colleague]
    next_cursor: str | None
    giveable: list[Role]


@dataclass(frozen=True, slots=True)
class FirstPassword:
    """`password` is shown this once; nobody can read it back, and its owner has to change it."""

    row: StaffRow
    password: str


async def list_colleagues(ctx: AccountsContext, by: UUID, *, cursor: str | None, limit: int) -> Colleagues:
    """Raises BadCursor."""
    after = decode_id_cursor(cursor)
    async with ctx.database.read() as db:
        manager = await staff.find_staff(db, by)
        if manager is None:
            raise NotAllowed
        rows = await staff.list_colleagues(db, manager.merchant_id, after=after, limit=limit + 1)
        page = page_of(rows, limit, lambda row: encode_cursor(str(row.id)))
        counts = await sessions.count_sessions(db, [row.id for row in page.items], ctx.clock.now())
    return Colleagues(
        people=[Colleague(row, counts.get(row.id, 0)) for row in page.items],
        next_cursor=page.next_cursor,
        giveable=roles_to_give(permissions_of(manager.roles), manager.merchant_id),
    )


async def add_colleague(ctx: AccountsContext, by: UUID, *, login: str, name: str, roles: list[Role]) -> FirstPassword:
    """Raises BadLogin, LoginTaken, RolesDoNotFit, BeyondOwnPermissions."""
    password = first_password()
    async with ctx.database.read() as db:
        manager = await staff.find_staff(db, by)
    if manager is None:
        raise NotAllowed
    row = await prepare_staff(
        ctx,
        login=login,
        password=password,
        name=name,
        roles=[str(role) for role in roles],
        merchant_id=manager.merchant_id,
        first=True,
    )
    async with ctx.database.write() as tx:
        own, _ = await _lock_colleagues(tx, by)
        if not may_hand(own, roles):
            raise BeyondOwnPermissions
        if not await staff.insert_staff(tx, row):
            raise LoginTaken
    log.info("staff_added", staff_id=str(row.id), roles=row.roles, by=str(by))
    return FirstPassword(row, password)


async def change_colleague(
    ctx: AccountsContext, by: UUID, staff_id: UUID, *, name: str, roles: list[Role], version: int
) -> StaffRow:
    """Their sessions follow at once. Raises StaffChanged, RolesDoNotFit, and what `_managed` raises."""
    wanted = list(dict.fromkeys(str(role) for role in roles))
    async with _managed(ctx, by, staff_id, wanted) as (tx, row):
        if row.version != version:
            raise StaffChanged(version=row.version)
        if not roles_fit(wanted, row.merchant_id):
            raise RolesDoNotFit
        told = await staff.set_roles(tx, row.id, name, wanted)
        changed = await _again(tx, row)
    if told:
        log.info("staff_changed", staff_id=str(row.id), roles=wanted, before=row.roles, by=str(by))
    return changed


async def disable_colleague(ctx: AccountsContext, by: UUID, staff_id: UUID) -> StaffRow:
    """Signed out everywhere, and nobody signs in any more; again changes nothing. Raises what `_managed` raises."""
    async with _managed(ctx, by, staff_id) as (tx, row):
        told = await staff.disable(tx, row.id)
        await sign_out_everywhere(tx, row.id)
        changed = await _again(tx, row)
    if told:
        log.info("staff_disabled", staff_id=str(row.id), by=str(by))
    return changed


async def enable_colleague(ctx: AccountsContext, by: UUID, staff_id: UUID) -> StaffRow:
    """Again changes nothing. Raises RolesDoNotFit for whom no role is left that fits, and what `_managed` raises."""
    async with _managed(ctx, by, staff_id) as (tx, row):
        if not roles_fit(row.roles, row.merchant_id):
            raise RolesDoNotFit
        told = await staff.enable(tx, row.id)
        changed = await _again(tx, row)
    if told:
        log.info("staff_enabled", staff_id=str(row.id), by=str(by))
    return changed


async def reset_password(ctx: AccountsContext, by: UUID, staff_id: UUID) -> FirstPassword:
    """The one before is good for nothing, its sessions are over. Raises what `_managed` raises."""
    password = first_password()
    hashed = await ctx.passwords.hash(password)
    async with _managed(ctx, by, staff_id) as (tx, row):
        await staff.set_first_password(tx, row.id, hashed, ctx.clock.now() + FIRST_PASSWORD_LIFETIME)
        await sign_out_everywhere(tx, row.id)
        changed = await _again(tx, row)
    log.info("staff_password_set", staff_id=str(row.id), by=str(by))
    return FirstPassword(changed, password)


async def end_sessions(ctx: AccountsContext, by: UUID, staff_id: UUID) -> StaffRow:
    """They have to sign in again, everywhere. Raises what `_managed` raises."""
    async with _managed(ctx, by, staff_id) as (tx, row):
        told = await sign_out_everywhere(tx, row.id)
    if told:
        log.info("staff_signed_out", staff_id=str(row.id), by=str(by))
    return row


@asynccontextmanager
async def _managed(
    ctx: AccountsContext, by: UUID, staff_id: UUID, roles: list[str] | None = None
) -> AsyncIterator[tuple[WriteSession, StaffRow]]:
    """A transaction in which somebody manages a colleague, who will have these roles, or keeps theirs.

    Nobody manages themselves: whoever manages others stays able to, so there is always somebody left who is.
    Raises NotAllowed, StaffNotFound, NotOneself, BeyondOwnPermissions.
    """
    async with ctx.database.write() as tx:
        own, colleagues = await _lock_colleagues(tx, by)
        row = colleagues.get(staff_id)
        if row is None:
            raise StaffNotFound
        if row.id == by:
            raise NotOneself
        if not may_hand(own, row.roles, roles or ()):
            raise BeyondOwnPermissions
        yield tx, row


async def _lock_colleagues(tx: WriteSession, by: UUID) -> tuple[frozenset[Permission], dict[UUID, StaffRow]]:
    """What somebody may do at this moment, and their colleagues, who stay as they are until the transaction ends.

    The route asked before: two who take each other's role away at once would both have been let in. Raises NotAllowed.
    """
    manager = await staff.find_staff(tx, by)
    rows = await staff.lock_colleagues(tx, manager.merchant_id) if manager else []
    colleagues = {row.id: row for row in rows}
    manager = colleagues.get(by)
    if manager is None or manager.disabled_at is not None:
        raise NotAllowed
    own = usable_permissions(manager.roles, must_change_password=manager.must_change_password)
    if Permission.STAFF_MANAGE not in own:
        raise NotAllowed
    return own, colleagues


async def _again(tx: WriteSession, row: StaffRow) -> StaffRow:
    found = await staff.find_staff(tx, row.id)
    assert found is not None, "it is locked"
    return found
