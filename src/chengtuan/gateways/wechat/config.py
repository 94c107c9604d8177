"""What the operator agreed with WeChat: numbers, keys and addresses. Keys never appear in a repr."""

from dataclasses import dataclass, field

PAY_BASE_URL = "https://api.mch.weixin.qq.com"
MINI_PROGRAM_BASE_URL = "https://api.weixin.qq.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChatPayConfig:
    """A direct merchant of WeChat Pay v3.

    With `public_key_id` and `public_key_pem` the client works in public-key mode; signatures made with a
    platform certificate stay acceptable, because WeChat mixes both while a merchant switches over.
    """

    mchid: str
    appid: str
    api_v3_key: str = field(repr=False)
    private_key_pem: str = field(repr=False)
    cert_serial: str
    transaction_notify_url: str
    refund_notify_url: str
    h5_appid: str | None = None
    public_key_id: str | None = None
    public_key_pem: str | None = None
    base_url: str = PAY_BASE_URL
    timeout_s: float = 5.0

    def __post_init__(self) -> None:
        """Refuse settings that could only fail later, with money under way."""
        if (self.public_key_id is None) != (self.public_key_pem is None):
            raise ValueError("public_key_id and public_key_pem belong together")
        if len(self.api_v3_key.encode()) != 32:
            raise ValueError("the API v3 key has 32 bytes")

    @property
    def appid_for_h5(self) -> str:
        return self.h5_appid or self.appid

    @property
    def appids(self) -> frozenset[str]:
        """Every application of ours that a payment may name."""
        return frozenset((self.appid, self.appid_for_h5))


@dataclass(frozen=True, slots=True, kw_only=True)
class MiniProgramConfig:
    appid: str
    secret: str = field(repr=False)
    base_url: str = MINI_PROGRAM_BASE_URL
    timeout_s: float = 5.0
