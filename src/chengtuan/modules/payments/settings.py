"""Settings of `payments`: the contract with WeChat Pay and our own public address."""

from pathlib import Path

from chengtuan.gateways.wechat import WeChatPayConfig
from chengtuan.modules.payments.rules.returns import origins_of
from chengtuan.platform.settings import Settings

CALLBACKS = "/api/v1/payments/callbacks/wechat"


class PaymentsSettings(Settings):
    """Key files are PEM; the API v3 key is the 32-byte secret set in the merchant's account."""

    public_url: str = "http://127.0.0.1:8000"
    """Where the provider reaches us, without a slash at the end; payments in browsers lead back there."""
    return_origins: str = ""
    """Other addresses of the shop that a payment may lead back to, with commas between."""
    wechat_pay_mchid: str
    """The merchant number."""
    wechat_pay_appid: str
    """The mini program's AppID; it must be bound to the merchant number."""
    wechat_pay_h5_appid: str | None = None
    """The AppID for payments outside WeChat; without it the mini program's is used."""
    wechat_pay_api_v3_key: str
    """Decrypts callbacks; 32 characters."""
    wechat_pay_private_key_file: Path
    """The merchant's API private key, PEM."""
    wechat_pay_cert_serial: str
    """Serial number of the merchant's API certificate."""
    wechat_pay_public_key_id: str | None = None
    """`PUB_KEY_ID_…` in public-key mode; without it platform certificates are downloaded."""
    wechat_pay_public_key_file: Path | None = None
    """WeChat Pay's public key, PEM, for public-key mode."""
    wechat_pay_base_url: str = "https://api.mch.weixin.qq.com"
    """Where the provider is; the sandbox sets its own address."""

    @property
    def own_origins(self) -> frozenset[str]:
        """Raises ValueError if one is no address."""
        others = [url.strip() for url in self.return_origins.split(",") if url.strip()]
        return origins_of(self.public_url, *others)

    def wechat_pay(self) -> WeChatPayConfig:
        """Raises OSError if a key file cannot be read, ValueError if the settings contradict each other."""
        callbacks = self.public_url.rstrip("/") + CALLBACKS
        public_key = self.wechat_pay_public_key_file
        return WeChatPayConfig(
            mchid=self.wechat_pay_mchid,
            appid=self.wechat_pay_appid,
            h5_appid=self.wechat_pay_h5_appid,
            api_v3_key=self.wechat_pay_api_v3_key,
            private_key_pem=self.wechat_pay_private_key_file.read_text(),
            cert_serial=self.wechat_pay_cert_serial,
            public_key_id=self.wechat_pay_public_key_id if public_key else None,
            public_key_pem=public_key.read_text() if public_key else None,
            transaction_notify_url=f"{callbacks}/transactions",
            refund_notify_url=f"{callbacks}/refunds",
            base_url=self.wechat_pay_base_url,
        )
