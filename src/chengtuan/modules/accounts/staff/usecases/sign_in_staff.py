from dataclasses import dataclass

from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.problems import FirstPasswordExpired, WrongPassword
from chengtuan.modules.accounts.sessions.moves import OpenedSession, know_device, open_session
from chengtuan.modules.accounts.sessions.rows import devices
from chengtuan.modules.accounts.sessions.rules import SessionKind, token_hash
from chengtuan.modules.accounts.staff import rows as staff
from chengtuan.modules.accounts.staff.rows import StaffRow
from chengtuan.modules.accounts.staff.rules import normal_login, spellings
from chengtuan.modules.accounts.tries.rules.limits import (
    EASIEST_BITS,
    FAILURES_OF_DEVICE,
    Count,
    failures_of_address,
    failures_of_login,
    failures_of_pair,
)
from chengtuan.modules.accounts.tries.rules.proofs import Proof
from chengtuan.modules.accounts.tries.usecases.count_tries import address_subject, ask_for_work, failure_counts
from chengtuan.platform.passwords import Rank


@dataclass(frozen=True, slots=True)
class StaffSignedIn:
    """`device` is what this client shows to be known from now on."""

    session: OpenedSession
    device: str
    staff: StaffRow


async def sign_in_staff(
    ctx: AccountsContext, *, login: str, password: str, client_address: str, device: str | None, proof: Proof | None
) -> StaffSignedIn:
    """An unknown login and a wrong password look alike and take as long.

    Raises WrongPassword, FirstPasswordExpired, ProofNeeded, Overloaded.
    """
    wanted = normal_login(login)
    known = await _known_device(ctx, login, device) if device else None
    rank = Rank.KNOWN if known else Rank.WORKED if ctx.passwords.crowded else Rank.STRANGER
    counts = [known] if known else _counts_of_strangers(ctx, wanted, client_address)
    least_bits = EASIEST_BITS if rank is Rank.WORKED else 0
    if least_bits:  # a crowd has to work before anybody asks the database for it
        ask_for_work(ctx, counts, least_bits, proof)
    with ctx.passwords.room(rank):
        async with ctx.database.read() as db:
            found = await staff.find_by_login(db, spellings(login))
        async with failure_counts(ctx, counts, proof, WrongPassword, least_bits=least_bits):
            right = await ctx.passwords.matches(found.password_hash if found else None, password, rank)
            if found is None or not right or found.disabled_at is not None:
                raise WrongPassword
            if found.first_password_until is not None and found.first_password_until <= ctx.clock.now():
                raise FirstPasswordExpired  # said to those only who know it
        async with ctx.database.write() as tx:
            if not await staff.lock_unchanged(tx, found):
                raise WrongPassword  # the password was changed while this one was being compared
            session = await open_session(tx, SessionKind.STAFF, found.id)
            return StaffSignedIn(session, await know_device(tx, SessionKind.STAFF, found.id, device), found)


async def _known_device(ctx: AccountsContext, login: str, device: str) -> Count | None:
    """What a wrong password on a device that signed in to this login before counts against: that device alone.

    What strangers do never touches it.
    """
    hashed = token_hash(device)
    if hashed is None:
        return None
    async with ctx.database.read() as db:
        owner = await devices.find_owner(db, hashed, SessionKind.STAFF, ctx.clock.now())
        found = await staff.find_by_login(db, spellings(login)) if owner else None
    return Count(FAILURES_OF_DEVICE, hashed.hex()) if found and found.id == owner else None


def _counts_of_strangers(ctx: AccountsContext, login: str, client_address: str) -> list[Count]:
    """What a wrong password on another device counts against: its address and the login."""
    address = address_subject(ctx, client_address)
    subject = ctx.keys.blind_index(login, "accounts.staff_login").hex()
    return [
        Count(failures_of_pair(ctx.settings.staff_attempts_per_login_and_address), f"{subject}:{address}"),
        Count(failures_of_login(ctx.settings.staff_attempts_per_login), subject),
        Count(failures_of_address(ctx.settings.staff_attempts_per_address), address),
    ]
