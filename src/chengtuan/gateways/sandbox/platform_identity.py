"""The platform's side of the signatures: its public key pair, its certificates, and which one signs now."""

import secrets
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.x509 import load_pem_x509_certificate

from chengtuan.gateways.wechat.signatures import SCHEME, lines, load_private_key, sign

from .certificates import self_signed, serial_text
from .credentials import private_pem, write_private


class SigningMode(StrEnum):
    """Which key signs. `mixed` takes turns, as during the week in which a merchant switches over."""

    PUBLIC_KEY = "public_key"
    CERTIFICATE = "certificate"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class PlatformCertificateFile:
    serial: str
    pem: str
    key: RSAPrivateKey


class PlatformIdentity:
    def __init__(self, folder: Path, public_key_id: str) -> None:
        self._folder = folder
        self._public_key_id = public_key_id
        self._key = load_private_key((folder / "platform_key.pem").read_text())
        self.certificates = [_read(path) for path in sorted(folder.glob("platform_certificate_*.pem"))]
        self.mode = SigningMode.PUBLIC_KEY
        self._turns = {True: 0, False: 0}

    def rotate(self) -> str:
        """Make a new certificate and sign with it from now on; returns its serial number."""
        key = generate_private_key(public_exponent=65537, key_size=2048)
        made = self_signed(key, "Sandbox platform")
        name = f"platform_certificate_{len(self.certificates) + 1:03}"
        write_private(self._folder / f"{name}.key", private_pem(key))
        write_private(self._folder / f"{name}.pem", made.pem)
        self.certificates.append(PlatformCertificateFile(made.serial, made.pem, key))
        return made.serial

    def headers(self, body: bytes, *, timestamp: int, asked_serial: str | None) -> dict[str, str]:
        """The signature headers of an answer or a notice.

        `asked_serial` is the Wechatpay-Serial of the request: a merchant that names the public key gets
        answers signed with it. None for notices.
        """
        serial, key = self._signer(asked_serial)
        nonce = secrets.token_hex(16)
        return {
            "Wechatpay-Timestamp": str(timestamp),
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": serial,
            "Wechatpay-Signature": sign(key, lines(str(timestamp), nonce, body)),
            "Wechatpay-Signature-Type": SCHEME,
        }

    def _signer(self, asked_serial: str | None) -> tuple[str, RSAPrivateKey]:
        by_key = asked_serial is None or asked_serial == self._public_key_id
        if self.mode is SigningMode.CERTIFICATE:
            by_key = False
        elif self.mode is SigningMode.MIXED and by_key:
            # Answers and notices take their turns apart: in step, one kind would always get the same key.
            kind = asked_serial is None
            self._turns[kind] += 1
            by_key = self._turns[kind] % 2 == 0
        if by_key:
            return self._public_key_id, self._key
        newest = self.certificates[-1]
        return newest.serial, newest.key


def _read(path: Path) -> PlatformCertificateFile:
    pem = path.read_text()
    serial = serial_text(load_pem_x509_certificate(pem.encode()).serial_number)
    return PlatformCertificateFile(serial, pem, load_private_key(path.with_suffix(".key").read_text()))
