"""How the bridge to the operator's SMS vendor is reached, for whichever module sends messages."""

import httpx
from pydantic import Field

from chengtuan.gateways.sms import HttpSmsSender, SmsConfig, SmsSender
from chengtuan.kernel.clock import Clock
from chengtuan.platform.settings import Settings


class SmsSettings(Settings):
    """The bridge to the SMS vendor, for sign-in codes and notices. Without it neither is sent."""

    sms_base_url: str | None = None
    sms_key: str | None = Field(default=None, repr=False)

    def sms_sender(self, outside: httpx.AsyncClient, clock: Clock) -> SmsSender | None:
        """None without its settings: it counts as not there."""
        if not self.sms_base_url or not self.sms_key:
            return None
        return HttpSmsSender(SmsConfig(base_url=self.sms_base_url, key=self.sms_key), outside, clock)
