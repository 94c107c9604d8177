"""How the operator's mini program is reached, for whichever module speaks to it."""

import httpx
from pydantic import Field

from chengtuan.gateways.wechat import MiniProgram, MiniProgramConfig
from chengtuan.kernel.clock import Clock
from chengtuan.platform.settings import Settings


class MiniProgramSettings(Settings):
    """The operator's mini program, for signing in, messages and parcels. Without it none of these go through WeChat."""

    wechat_appid: str | None = None
    wechat_secret: str | None = Field(default=None, repr=False)
    wechat_base_url: str = "https://api.weixin.qq.com"

    def mini_program(self, outside: httpx.AsyncClient, clock: Clock) -> MiniProgram | None:
        """None without its settings: it counts as not there."""
        if not self.wechat_appid or not self.wechat_secret:
            return None
        config = MiniProgramConfig(appid=self.wechat_appid, secret=self.wechat_secret, base_url=self.wechat_base_url)
        return MiniProgram(config, outside, clock)
