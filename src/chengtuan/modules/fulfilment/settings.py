"""What `fulfilment` reads from the environment."""

from chengtuan.gateways.wechat.settings import MiniProgramSettings


class FulfilmentSettings(MiniProgramSettings):
    """Without a mini program there is nobody to report shipments to."""
