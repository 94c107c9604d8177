"""What other modules see of people."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class ShopperIdentity:
    """A signed-in shopper. `absorbed` are accounts that were united into this one: what is theirs is this person's."""

    user_id: UUID
    absorbed: list[UUID]


@dataclass(frozen=True, kw_only=True)
class StaffIdentity:
    """A signed-in member of staff; `merchant_id` is None for the platform's own.

    `must_change_password`: somebody else chose it, and until it is changed the roles allow nothing.
    """

    staff_id: UUID
    merchant_id: UUID | None
    roles: list[str]
    name: str
    must_change_password: bool = False


@dataclass(frozen=True, kw_only=True)
class StaffAccount:
    """A console account; `disabled_at` is set while nobody can sign in to it."""

    staff_id: UUID
    login: str
    name: str
    roles: list[str]
    merchant_id: UUID | None
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What everybody may see of a person. `avatar` is the key of a built-in picture."""

    user_id: UUID
    nickname: str
    avatar: str


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where to deliver; personal data, to be encrypted wherever it is kept. Phone in E.164."""

    name: str
    phone: str
    province_code: str
    province: str
    city: str
    district: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class Buyer:
    """Who orders, and where it shall go. `absorbed` as in ShopperIdentity."""

    profile: Profile
    absorbed: list[UUID]
    address: Address


@dataclass(frozen=True, kw_only=True)
class Contact:
    """How a person can be reached; None where unknown. `language` is one of kernel.text.LANGUAGES.

    `accounts` are all ids that the person has or had, `user_id` among them: the one that was asked for.
    """

    user_id: UUID
    accounts: list[UUID]
    phone: str | None
    openid: str | None
    language: str
