"""The primitives of WeChat Pay v3: RSA-SHA256 over lines of text, and AES-256-GCM for what is secret."""

from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

SCHEME = "WECHATPAY2-SHA256-RSA2048"
TOLERANCE_S = 300
"""How far a signature's time may be from ours, in seconds, in both directions."""


@lru_cache(maxsize=8)
def load_private_key(pem: str) -> RSAPrivateKey:
    """Read a merchant's or platform's key; ValueError if it is no RSA key.

    Each is checked once: that its numbers are primes takes tens of milliseconds.
    """
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("WeChat Pay keys are RSA keys")
    return key


def load_public_key(pem: str) -> RSAPublicKey:
    """Read a platform public key; TypeError if it is no RSA key."""
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, RSAPublicKey):
        raise TypeError("WeChat Pay keys are RSA keys")
    return key


def lines(*parts: str | bytes) -> bytes:
    """The text that is signed: every part followed by a line feed, bytes exactly as on the wire."""
    return b"".join((part if isinstance(part, bytes) else part.encode()) + b"\n" for part in parts)


def sign(key: RSAPrivateKey, text: bytes) -> str:
    """Sign in the partner's way; base64."""
    return b64encode(key.sign(text, PKCS1v15(), SHA256())).decode()


def is_signed(key: RSAPublicKey, text: bytes, signature: str) -> bool:
    """Whether the base64 signature of the text was made with this key."""
    try:
        key.verify(b64decode(signature, validate=True), text, PKCS1v15(), SHA256())
    except (InvalidSignature, BadBase64, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class SealedText:
    """An AES-256-GCM text as it travels in JSON."""

    nonce: str
    associated_data: str
    ciphertext: str


def seal(api_v3_key: str, plain: bytes, *, nonce: str, associated_data: str) -> SealedText:
    """Encrypt for the holder of the API v3 key. The nonce has 12 characters and is never used twice."""
    box = AESGCM(api_v3_key.encode()).encrypt(nonce.encode(), plain, associated_data.encode())
    return SealedText(nonce, associated_data, b64encode(box).decode())


def unseal(api_v3_key: str, sealed: SealedText) -> bytes | None:
    """Decrypt; None if anything of it was changed or the key is another."""
    try:
        box = b64decode(sealed.ciphertext, validate=True)
        return AESGCM(api_v3_key.encode()).decrypt(sealed.nonce.encode(), box, sealed.associated_data.encode())
    except (InvalidTag, BadBase64, ValueError):
        return None
