"""What the mini-program server interfaces take and give."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChatSession:
    """Who a `wx.login` code stands for. The session key stays on the server."""

    openid: str
    unionid: str | None
    session_key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneNumber:
    """A number that WeChat vouches for: `country_code` "86", `national` "13800138000"."""

    country_code: str
    national: str

    @property
    def e164(self) -> str:
        return f"+{self.country_code}{self.national}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingItem:
    """One parcel. Some carriers want the receiver's masked number ("+86-138****8000")."""

    description: str
    carrier_code: str
    tracking_no: str
    receiver_phone_masked: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippingUpload:
    """Tells the platform that a payment's goods are on the way; until then the money stays frozen.

    `items` are all parcels so far, 15 at most, and `complete` says that no more will come: until then more reports may
    follow, each with a later `upload_time`; afterwards one, which corrects.
    """

    transaction_id: str
    payer_openid: str
    upload_time: datetime
    items: tuple[ShippingItem, ...]
    complete: bool = True
