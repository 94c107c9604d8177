"""Who paid, where it is still to be encrypted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chengtuan.platform.database import WriteSession


@dataclass(frozen=True, slots=True)
class UnsealedPayer:
    id: UUID
    openid: str


@dataclass(frozen=True, slots=True)
class UnsealedNotice:
    notice_id: str
    content: Any


async def lock_payers(tx: WriteSession, limit: int) -> list[UnsealedPayer]:
    """Payments that somebody works with are left for the next time."""
    return await tx.fetch_all(
        UnsealedPayer,
        "select id, payer_openid as openid from payment where payer_openid is not null"
        " order by id limit %s for no key update skip locked",
        (limit,),
    )


async def keep_payers(tx: WriteSession, sealed: Mapping[UUID, bytes | None]) -> None:
    """The readable ones are gone with that."""
    if not sealed:
        return
    await tx.execute(
        "update payment p set payer_openid = null, payer_openid_sealed = new.sealed"
        " from unnest(%s::uuid[], %s::bytea[]) as new(id, sealed) where p.id = new.id",
        (list(sealed), list(sealed.values())),
    )


async def lock_notices(tx: WriteSession, limit: int) -> list[UnsealedNotice]:
    return await tx.fetch_all(
        UnsealedNotice,
        "select notice_id, content from notice where content is not null"
        " order by notice_id limit %s for update skip locked",
        (limit,),
    )


async def keep_notices(tx: WriteSession, sealed: Mapping[str, bytes]) -> None:
    if not sealed:
        return
    await tx.execute(
        "update notice n set content = null, content_sealed = new.sealed"
        " from unnest(%s::text[], %s::bytea[]) as new(notice_id, sealed) where n.notice_id = new.notice_id",
        (list(sealed), list(sealed.values())),
    )
