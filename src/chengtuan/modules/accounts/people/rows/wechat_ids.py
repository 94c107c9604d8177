"""What WeChat calls people, where it is still to be encrypted."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from chengtuan.modules.accounts.people.rows.people import SealedWechat
from chengtuan.platform.database import WriteSession


@dataclass(frozen=True, slots=True)
class UnsealedWechat:
    id: UUID
    openid: str | None
    unionid: str | None


async def lock_unsealed(tx: WriteSession, limit: int) -> list[UnsealedWechat]:
    """People whose rows somebody works with are left for the next time."""
    return await tx.fetch_all(
        UnsealedWechat,
        "select id, openid, unionid from person where openid is not null or unionid is not null"
        " order by id limit %s for update skip locked",
        (limit,),
    )


async def keep_sealed(tx: WriteSession, sealed: Mapping[UUID, SealedWechat]) -> int:
    """The readable ones are gone with that, but for people who have another account by now; how many were sealed."""
    if not sealed:
        return 0
    return await tx.execute(
        "update person p set openid = null, unionid = null, openid_sealed = new.openid,"
        " openid_index = new.openid_index, unionid_sealed = new.unionid"
        " from unnest(%s::uuid[], %s::bytea[], %s::bytea[], %s::bytea[])"
        " as new(id, openid, openid_index, unionid) where p.id = new.id"
        " and not exists (select 1 from person other where other.openid_index = new.openid_index)",
        (
            list(sealed),
            [each.openid for each in sealed.values()],
            [each.openid_index for each in sealed.values()],
            [each.unionid for each in sealed.values()],
        ),
    )
