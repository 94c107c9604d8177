"""Ways in for shoppers."""

from typing import Annotated

from pydantic import BaseModel, Field

from chengtuan.modules.accounts.people.http.schemas import Me, WechatCode
from chengtuan.modules.accounts.signing_in.moves import SignedIn
from chengtuan.modules.accounts.tries.http.schemas import DeviceToken
from chengtuan.platform.http.fields import Instant


class WechatSessionInput(BaseModel):
    code: Annotated[WechatCode, Field(description="What `wx.login` gave")]
    device: DeviceToken | None = None


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
