"""What `accounts` reads from the environment."""

from pydantic import Field

from chengtuan.platform.settings import Settings


class AccountsSettings(Settings):
    """A partner without its settings counts as not there: its ways of signing in answer 503."""

    sms_base_url: str | None = None
    sms_key: str | None = Field(default=None, repr=False)
    wechat_appid: str | None = None
    wechat_secret: str | None = Field(default=None, repr=False)
    wechat_base_url: str = "https://api.weixin.qq.com"
    sms_codes_per_address: int = Field(default=20, ge=1)
    """Sign-in codes that one network address may ask for in an hour."""
    staff_attempts_per_login: int = Field(default=10, ge=1)
    """Passwords that may be tried for one login in a quarter of an hour."""
    staff_attempts_per_address: int = Field(default=50, ge=1)
    """Passwords that one network address may try in a quarter of an hour."""
