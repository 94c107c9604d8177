"""The sandbox's identity and the merchant account that it gives out; made once, kept in its folder."""

import json
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from .certificates import self_signed

_IDENTITY = "identity.json"
_ENVIRONMENT = "credentials.env"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What merchant and sandbox share. The platform's own keys are in `PlatformIdentity`."""

    mchid: str
    appid: str
    h5_appid: str
    secret: str = field(repr=False)
    api_v3_key: str = field(repr=False)
    sms_key: str = field(repr=False)
    cert_serial: str
    public_key_id: str


def initialise(data_dir: Path, *, public_url: str) -> Path:
    """Make what is missing and write the settings for the product; returns that file. Keys are kept."""
    folder = data_dir / "sandbox"
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / _IDENTITY).exists():
        _create(folder)
    target = folder / _ENVIRONMENT
    write_private(target, _environment(load_credentials(folder), folder.resolve(), public_url.rstrip("/")))
    return target


def load_credentials(folder: Path) -> Credentials:
    """Read what `initialise` made; FileNotFoundError if it never ran."""
    return Credentials(**json.loads((folder / _IDENTITY).read_text()))


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    draft = path.with_name(path.name + ".new")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)


def private_pem(key: RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_pem(key: RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _create(folder: Path) -> None:
    merchant, platform, first = (generate_private_key(public_exponent=65537, key_size=2048) for _ in range(3))
    certificate = self_signed(merchant, "Sandbox merchant")
    write_private(folder / "merchant_key.pem", private_pem(merchant))
    write_private(folder / "merchant_certificate.pem", certificate.pem)
    write_private(folder / "platform_key.pem", private_pem(platform))
    write_private(folder / "platform_public_key.pem", public_pem(platform))
    write_private(folder / "platform_certificate_001.key", private_pem(first))
    write_private(folder / "platform_certificate_001.pem", self_signed(first, "Sandbox platform").pem)
    made = Credentials(
        mchid="19" + "".join(secrets.choice("0123456789") for _ in range(8)),
        appid="wx" + secrets.token_hex(8),
        h5_appid="wx" + secrets.token_hex(8),
        secret=secrets.token_hex(16),
        api_v3_key=secrets.token_hex(16),
        sms_key=secrets.token_hex(32),
        cert_serial=certificate.serial,
        public_key_id="PUB_KEY_ID_" + secrets.token_hex(16).upper(),
    )
    # Last, because its presence says that all the others are complete.
    write_private(folder / _IDENTITY, json.dumps(asdict(made), indent=2))


def _environment(own: Credentials, folder: Path, public_url: str) -> str:
    values = {
        "CHENGTUAN_WECHAT_PAY_MCHID": own.mchid,
        "CHENGTUAN_WECHAT_PAY_APPID": own.appid,
        "CHENGTUAN_WECHAT_PAY_H5_APPID": own.h5_appid,
        "CHENGTUAN_WECHAT_PAY_API_V3_KEY": own.api_v3_key,
        "CHENGTUAN_WECHAT_PAY_PRIVATE_KEY_FILE": str(folder / "merchant_key.pem"),
        "CHENGTUAN_WECHAT_PAY_CERT_SERIAL": own.cert_serial,
        "CHENGTUAN_WECHAT_PAY_PUBLIC_KEY_ID": own.public_key_id,
        "CHENGTUAN_WECHAT_PAY_PUBLIC_KEY_FILE": str(folder / "platform_public_key.pem"),
        "CHENGTUAN_WECHAT_PAY_BASE_URL": public_url,
        "CHENGTUAN_WECHAT_APPID": own.appid,
        "CHENGTUAN_WECHAT_SECRET": own.secret,
        "CHENGTUAN_WECHAT_BASE_URL": public_url,
        "CHENGTUAN_SMS_BASE_URL": f"{public_url}/sms-vendor",
        "CHENGTUAN_SMS_KEY": own.sms_key,
        "CHENGTUAN_SANDBOX_DESK_URL": public_url,
    }
    return "".join(f"{name}={value}\n" for name, value in values.items())
