from dataclasses import dataclass

from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.domain.client_address import client_subject
from chengtuan.modules.accounts.domain.sessions import SessionKind
from chengtuan.modules.accounts.domain.staff import normal_login, per_address, per_login
from chengtuan.modules.accounts.problems import WrongPassword
from chengtuan.modules.accounts.repository import staff
from chengtuan.modules.accounts.repository.staff import StaffRow
from chengtuan.modules.accounts.signing_in import OpenedSession, open_session


@dataclass(frozen=True, slots=True)
class StaffSignedIn:
    session: OpenedSession
    staff: StaffRow


async def sign_in_staff(ctx: Accounts, *, login: str, password: str, client_address: str) -> StaffSignedIn:
    """An unknown login and a wrong password look alike and take as long.

    Raises WrongPassword, TooManyRequests.
    """
    wanted = normal_login(login)
    await _respect_limits(ctx, wanted, client_address)
    async with ctx.database.read() as db:
        found = await staff.find_by_login(db, wanted)
    right = await ctx.passwords.matches(found.password_hash if found else None, password)
    if found is None or not right:
        raise WrongPassword
    async with ctx.database.write() as tx:
        return StaffSignedIn(await open_session(tx, SessionKind.STAFF, found.id), found)


async def _respect_limits(ctx: Accounts, login: str, client_address: str) -> None:
    address = ctx.keys.blind_index(client_subject(client_address), "accounts.client_address").hex()
    await ctx.rate_limiter.take(per_address(ctx.settings.staff_attempts_per_address), address)
    subject = ctx.keys.blind_index(login, "accounts.staff_login").hex()
    await ctx.rate_limiter.take(per_login(ctx.settings.staff_attempts_per_login), subject)
