"""The signed-in person as they see themselves."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from chengtuan.modules.accounts.people.rows.own_profile import OwnProfile
from chengtuan.platform.http.fields import Instant
from chengtuan.platform.http.typed_fields import Line

PhoneText = Annotated[
    str,
    Line(32, least=5),
    Field(description="As people write it: 138…, +852…, +853…, +886…, 09…", examples=["13800138000"]),
]


WechatCode = Annotated[str, StringConstraints(min_length=1, max_length=256)]


class Me(BaseModel):
    """The signed-in person. `avatar` is the key of a built-in picture: `/media/avatars/{avatar}.webp`."""

    id: UUID
    nickname: str
    avatar: str
    phone_masked: str | None
    has_wechat: bool
    created_at: Instant

    @staticmethod
    def of(profile: OwnProfile) -> "Me":
        return Me.model_validate(profile, from_attributes=True)


class MePatch(BaseModel):
    """What is missing or null stays as it is."""

    nickname: Annotated[str, StringConstraints(max_length=100)] | None = None
    avatar: Annotated[str, StringConstraints(pattern=r"^a(0[1-9]|1[0-9]|2[0-4])$")] | None = None
