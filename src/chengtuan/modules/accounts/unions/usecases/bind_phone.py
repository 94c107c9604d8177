"""Give a person a phone that they proved to have, instead of the one before."""

from uuid import UUID

from chengtuan.kernel.problems import Problem
from chengtuan.modules.accounts.codes.usecases.try_code import CodeTry, with_code
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.people.rows import people
from chengtuan.modules.accounts.people.rows.own_profile import OwnProfile
from chengtuan.modules.accounts.people.rows.people import PersonRow
from chengtuan.modules.accounts.people.rows.sealing import PERSON_PHONE, phone_index
from chengtuan.modules.accounts.people.rules.phones import e164_of, mask_phone
from chengtuan.modules.accounts.people.usecases.ask_wechat import ask_wechat_phone
from chengtuan.modules.accounts.problems import PhoneOfAnotherWechat, PhoneTaken
from chengtuan.modules.accounts.unions.rules import CLAIM_LIFETIME, Claim, may_be_united, seal_claim
from chengtuan.platform.database import WriteSession


async def bind_phone_by_wechat(ctx: AccountsContext, person_id: UUID, *, code: str) -> OwnProfile:
    """The phone that WeChat vouches for.

    Raises BadPhone, PhoneTaken, PhoneOfAnotherWechat, WechatRefused, PartnerUnavailable.
    """
    e164 = e164_of(await ask_wechat_phone(ctx, code))
    async with ctx.database.write() as tx:
        outcome = await _take_phone(ctx, tx, person_id, e164)
    if isinstance(outcome, Problem):
        raise outcome
    return outcome


async def bind_phone_by_code(
    ctx: AccountsContext, person_id: UUID, attempt: CodeTry, *, client_address: str
) -> OwnProfile:
    """The phone that a code was sent to. Who repeats the request within a minute, because the answer got lost, is told
    what it came to, the claim to another account too; nothing is bound again.

    Raises BadPhone, WrongCode, CodeExpired, ProofNeeded, PhoneTaken, PhoneOfAnotherWechat.
    """

    async def act(tx: WriteSession, e164: str) -> OwnProfile | Problem:
        return await _take_phone(ctx, tx, person_id, e164)

    async def again(tx: WriteSession, e164: str) -> OwnProfile | Problem | None:
        person, owner = await people.lock_both(tx, person_id, phone_index(ctx.keys, e164))
        if owner is None:
            return None
        return OwnProfile.of(ctx.keys, person) if owner.id == person.id else _of_another(ctx, tx, person, owner, e164)

    return await with_code(ctx, attempt, client_address, act, again)


async def _take_phone(ctx: AccountsContext, tx: WriteSession, person_id: UUID, e164: str) -> OwnProfile | Problem:
    """A phone of another account stays there; who proved to have it may unite the two."""
    index = phone_index(ctx.keys, e164)
    person, owner = await people.lock_both(tx, person_id, index)
    if owner is None or owner.id == person.id:
        bound = await people.set_phone(tx, person.id, ctx.keys.encrypt(e164, PERSON_PHONE), index)
        if bound is not None:
            return OwnProfile.of(ctx.keys, bound)
        owner = await people.find_by_phone(tx, index)  # somebody else bound it at this very moment
        assert owner is not None
    return _of_another(ctx, tx, person, owner, e164)


def _of_another(ctx: AccountsContext, tx: WriteSession, person: PersonRow, owner: PersonRow, e164: str) -> Problem:
    """Whose phone it is, and where that is allowed the claim to unite the two."""
    if not may_be_united(person, owner):
        return PhoneOfAnotherWechat()
    claim = Claim(person.id, owner.id, phone_index(ctx.keys, e164), tx.clock.now() + CLAIM_LIFETIME)
    return PhoneTaken(
        claim=seal_claim(ctx.keys, claim), nickname=owner.nickname, avatar=owner.avatar, phone_masked=mask_phone(e164)
    )
