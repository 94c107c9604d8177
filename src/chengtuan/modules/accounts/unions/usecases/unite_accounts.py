from uuid import UUID

import structlog

from chengtuan.modules.accounts.addresses.rows import addresses
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.people.rows import people
from chengtuan.modules.accounts.people.rows.own_profile import OwnProfile
from chengtuan.modules.accounts.people.rows.people import PersonRow
from chengtuan.modules.accounts.problems import PhoneOfAnotherWechat, UnionExpired
from chengtuan.modules.accounts.sessions.rows import devices, sessions
from chengtuan.modules.accounts.unions.rules import Claim, may_be_united, older_first, open_claim
from chengtuan.platform.database import WriteSession

log = structlog.get_logger(__name__)


async def unite_accounts(ctx: AccountsContext, person_id: UUID, *, claim: str) -> OwnProfile:
    """Make one account of the signed-in one and the one whose phone it proved to have, once; for good.

    The older one stays, with both address books, the proven phone and whichever has WeChat. Sessions of the one that
    asks go on; those of the other end, because a phone may have had another owner before. Repeating it changes nothing.

    Raises UnionExpired, PhoneOfAnotherWechat.
    """
    claimed = open_claim(ctx.keys, claim)
    if claimed is None:
        raise UnionExpired
    async with ctx.database.write() as tx:
        person, owner = await people.lock_both(tx, person_id, claimed.phone_index)
        if owner is None or not await _are_meant(tx, claimed, person, owner):
            raise UnionExpired
        if owner.id != person.id:
            if tx.clock.now() >= claimed.expires_at:
                raise UnionExpired
            if not may_be_united(person, owner):
                raise PhoneOfAnotherWechat
            person = await _unite(tx, person, owner)
    return OwnProfile.of(ctx.keys, person)


async def _are_meant(tx: WriteSession, claimed: Claim, person: PersonRow, owner: PersonRow) -> bool:
    """Whether the claim is by this person and was shown this owner: a phone may be somebody else's by now."""
    claimant, shown = [await people.find_person(tx, each) for each in (claimed.person_id, claimed.owner_id)]
    return claimant is not None and shown is not None and (claimant.id, shown.id) == (person.id, owner.id)


async def _unite(tx: WriteSession, person: PersonRow, owner: PersonRow) -> PersonRow:
    survivor, absorbed = older_first(person, owner)
    await sessions.delete_sessions_of(tx, owner.id)
    await devices.forget_devices(tx, owner.id)
    if absorbed.id == person.id:
        await sessions.hand_over_sessions(tx, absorbed.id, survivor.id)
        await devices.hand_over_devices(tx, absorbed.id, survivor.id)
    await addresses.hand_over_addresses(tx, absorbed.id, survivor.id)
    united = await people.absorb(tx, survivor=survivor, absorbed=absorbed, owner=owner, language=person.language)
    log.info("accounts_united", survivor=str(survivor.id), absorbed=str(absorbed.id))
    return united
