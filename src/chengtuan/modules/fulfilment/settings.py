"""What `fulfilment` reads from the environment."""

from pydantic import Field

from chengtuan.platform.settings import Settings


class FulfilmentSettings(Settings):
    """Without a mini program there is nobody to report shipments to."""

    wechat_appid: str | None = None
    wechat_secret: str | None = Field(default=None, repr=False)
    wechat_base_url: str = "https://api.weixin.qq.com"
