"""Self-signed certificates for the sandbox's two parties."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

VALID_FROM = datetime(2020, 1, 1, tzinfo=UTC)
VALID_FOR = timedelta(days=365 * 40)
"""Wide on purpose: the sandbox's clock may be moved by years."""


@dataclass(frozen=True, slots=True)
class MadeCertificate:
    pem: str
    serial: str


def serial_text(serial: int) -> str:
    """A serial number as the protocol writes it: 40 upper-case hex digits."""
    return f"{serial:040X}"


def self_signed(key: RSAPrivateKey, name: str) -> MadeCertificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(VALID_FROM)
        .not_valid_after(VALID_FROM + VALID_FOR)
        .sign(key, SHA256())
    )
    pem = certificate.public_bytes(Encoding.PEM).decode()
    return MadeCertificate(pem, serial_text(certificate.serial_number))
