from uuid import UUID

from chengtuan.kernel.problems import NotSignedIn
from chengtuan.modules.accounts.context import AccountsContext
from chengtuan.modules.accounts.people.rows import people
from chengtuan.modules.accounts.people.rows.own_profile import OwnProfile
from chengtuan.modules.accounts.people.rules.nicknames import BadNickname, clean_nickname
from chengtuan.modules.accounts.problems import BadNicknameChosen


async def change_profile(
    ctx: AccountsContext, person_id: UUID, *, nickname: str | None, avatar: str | None
) -> OwnProfile:
    """Change what is not None; `avatar` is one of AVATARS. Raises BadNicknameChosen."""
    try:
        cleaned = clean_nickname(nickname) if nickname is not None else None
    except BadNickname:
        raise BadNicknameChosen from None
    async with ctx.database.write() as tx:
        person = await people.update_profile(tx, person_id, cleaned, avatar)
    if person is None:
        raise NotSignedIn
    return OwnProfile.of(ctx.keys, person)
