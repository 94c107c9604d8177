"""What the routes of `accounts` take and give."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from chengtuan.modules.accounts import facade
from chengtuan.modules.accounts.domain.proofs import MAX_NONCE, Proof
from chengtuan.modules.accounts.own_profile import OwnProfile
from chengtuan.modules.accounts.signing_in import SignedIn
from chengtuan.modules.accounts.usecases.manage_addresses import SavedAddress
from chengtuan.modules.accounts.usecases.try_code import CodeTry
from chengtuan.platform.http.fields import Instant, Version, VersionOut
from chengtuan.platform.http.typed_fields import Line

PhoneText = Annotated[
    str,
    Line(32, least=5),
    Field(description="As people write it: 138…, +852…, +853…, +886…, 09…", examples=["13800138000"]),
]
SmsCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
RequestId = Annotated[str, StringConstraints(max_length=100), Field(description="What asking for the code gave")]
DeviceToken = Annotated[str, StringConstraints(max_length=128)]
WechatCode = Annotated[str, StringConstraints(min_length=1, max_length=256)]
PlaceName = Annotated[str, Line(60)]


class ProofOfWork(BaseModel):
    """Answers `accounts/proof-needed`: SHA-256 of `challenge:nonce` begins with as many zero bits as were asked for."""

    challenge: Annotated[str, StringConstraints(max_length=200)]
    nonce: Annotated[str, StringConstraints(max_length=MAX_NONCE)]

    def proof(self) -> Proof:
        return Proof(self.challenge, self.nonce)


class Tried(BaseModel):
    """`device` is what an earlier session's answer gave: devices that signed in before are let through first."""

    device: DeviceToken | None = None
    proof: ProofOfWork | None = None


class SmsCodeInput(Tried):
    phone: PhoneText


class SmsCodeSent(BaseModel):
    """The same for every phone, known here or not. Keep `request_id`: the code can only be used together with it."""

    request_id: str
    retry_after_s: int
    expires_in_s: int


class PhoneCodeInput(Tried):
    phone: PhoneText
    code: SmsCode
    request_id: RequestId

    def attempt(self) -> CodeTry:
        return CodeTry(
            phone=self.phone,
            code=self.code,
            request=self.request_id,
            device=self.device,
            proof=self.proof.proof() if self.proof else None,
        )


class WechatSessionInput(BaseModel):
    code: Annotated[WechatCode, Field(description="What `wx.login` gave")]
    device: DeviceToken | None = None


class WechatPhoneInput(BaseModel):
    code: Annotated[WechatCode, Field(description="What the `getPhoneNumber` button gave")]


class UnionInput(BaseModel):
    claim: Annotated[str, StringConstraints(min_length=1, max_length=400), Field(description="What phone-taken gave")]


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


class Session(BaseModel):
    """`token` goes into `Authorization: Bearer …`. Keep `device` beyond signing out, and show it at the next time."""

    token: str
    expires_at: Instant
    device: str
    user: Me

    @staticmethod
    def of(signed_in: SignedIn) -> "Session":
        session = signed_in.session
        return Session(
            token=session.token,
            expires_at=session.expires_at,
            device=signed_in.device,
            user=Me.of(signed_in.profile),
        )


class AddressInput(BaseModel):
    name: Annotated[str, Line(50, least=1)]
    phone: PhoneText
    province_code: Annotated[
        str,
        StringConstraints(pattern=r"^[0-9]{6}$"),
        Field(description="GB/T 2260", examples=["440000"]),
    ]
    province: Annotated[str, Line(60, least=1)]
    city: PlaceName
    district: PlaceName
    detail: Annotated[str, Line(200, least=1)]
    is_default: bool = False

    def address(self) -> facade.Address:
        return facade.Address(**self.model_dump(exclude={"is_default", "version"}))


class AddressEdit(AddressInput):
    version: Version


class Address(BaseModel):
    """One of the person's own addresses; `phone` in E.164."""

    id: UUID
    name: str
    phone: str
    province_code: str
    province: str
    city: str
    district: str
    detail: str
    is_default: bool
    version: VersionOut

    @staticmethod
    def of(saved: SavedAddress) -> "Address":
        return Address(id=saved.id, is_default=saved.is_default, version=saved.version, **vars(saved.address))


class AddressList(BaseModel):
    items: list[Address]
