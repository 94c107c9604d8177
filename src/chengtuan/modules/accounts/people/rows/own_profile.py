"""What a person sees of themselves."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chengtuan.modules.accounts.people.rows.people import PersonRow
from chengtuan.modules.accounts.people.rows.sealing import PERSON_PHONE
from chengtuan.modules.accounts.people.rules.phones import mask_phone
from chengtuan.platform.crypto import KeyRing


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnProfile:
    id: UUID
    nickname: str
    avatar: str
    phone_masked: str | None
    has_wechat: bool
    created_at: datetime

    @staticmethod
    def of(keys: KeyRing, row: PersonRow) -> "OwnProfile":
        phone = keys.decrypt(row.phone, PERSON_PHONE) if row.phone else None
        return OwnProfile(
            id=row.id,
            nickname=row.nickname,
            avatar=row.avatar,
            phone_masked=mask_phone(phone) if phone else None,
            has_wechat=row.has_wechat,
            created_at=row.created_at,
        )
