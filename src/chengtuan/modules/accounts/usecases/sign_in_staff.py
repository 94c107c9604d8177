from dataclasses import dataclass
from uuid import UUID

from chengtuan.modules.accounts.attempts import address_subject, failure_counts
from chengtuan.modules.accounts.context import Accounts
from chengtuan.modules.accounts.domain.attempts import (
    FAILURES_OF_DEVICE,
    Count,
    failures_of_address,
    failures_of_login,
    failures_of_pair,
)
from chengtuan.modules.accounts.domain.proofs import Proof
from chengtuan.modules.accounts.domain.sessions import SessionKind, token_hash
from chengtuan.modules.accounts.domain.staff import normal_login
from chengtuan.modules.accounts.problems import WrongPassword
from chengtuan.modules.accounts.repository import devices, staff
from chengtuan.modules.accounts.repository.staff import StaffRow
from chengtuan.modules.accounts.signing_in import OpenedSession, know_device, open_session


@dataclass(frozen=True, slots=True)
class StaffSignedIn:
    """`device` is what this client shows to be known from now on."""

    session: OpenedSession
    device: str
    staff: StaffRow


async def sign_in_staff(
    ctx: Accounts, *, login: str, password: str, client_address: str, device: str | None, proof: Proof | None
) -> StaffSignedIn:
    """An unknown login and a wrong password look alike and take as long.

    Raises WrongPassword, ProofNeeded, Overloaded.
    """
    wanted = normal_login(login)
    async with ctx.database.read() as db:
        found = await staff.find_by_login(db, wanted)
    counts = await _counts(ctx, found, wanted, client_address, device)
    known = counts[0].limit is FAILURES_OF_DEVICE
    async with failure_counts(ctx, counts, proof, WrongPassword):
        right = await ctx.passwords.matches(found.password_hash if found else None, password, known=known)
        if found is None or not right or found.disabled_at is not None:
            raise WrongPassword
    async with ctx.database.write() as tx:
        if not await staff.lock_unchanged(tx, found):
            raise WrongPassword  # the password was changed while this one was being compared
        session = await open_session(tx, SessionKind.STAFF, found.id)
        return StaffSignedIn(session, await know_device(tx, SessionKind.STAFF, found.id, device), found)


async def _counts(
    ctx: Accounts, found: StaffRow | None, login: str, client_address: str, device: str | None
) -> list[Count]:
    """What a wrong password counts against: the device if it is known here, else its address and the login.

    What strangers do never touches a known device.
    """
    hashed = token_hash(device) if device else None
    if hashed and found and await _owner(ctx, hashed) == found.id:
        return [Count(FAILURES_OF_DEVICE, hashed.hex())]
    address = address_subject(ctx, client_address)
    subject = ctx.keys.blind_index(login, "accounts.staff_login").hex()
    return [
        Count(failures_of_pair(ctx.settings.staff_attempts_per_login_and_address), f"{subject}:{address}"),
        Count(failures_of_login(ctx.settings.staff_attempts_per_login), subject),
        Count(failures_of_address(ctx.settings.staff_attempts_per_address), address),
    ]


async def _owner(ctx: Accounts, token_hash: bytes) -> UUID | None:
    async with ctx.database.read() as db:
        return await devices.find_owner(db, token_hash, SessionKind.STAFF, ctx.clock.now())
