"""Is this text really from WeChat Pay, and fresh? One answer for replies and callbacks."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from chengtuan.kernel.clock import Clock
from chengtuan.kernel.decimals import decimal

from .signatures import SCHEME, TOLERANCE_S, is_signed, lines

_PROBE = "WECHATPAY/SIGNTEST/"
"""The platform sends knowingly wrong signatures that begin so, to see whether they are refused."""


class NotAuthentic(Exception):
    """Why the text is not accepted."""


class SignatureProbe(NotAuthentic):
    """The platform made the signature wrong on purpose: what is asked again comes with a right one."""


@dataclass(frozen=True, slots=True)
class SignatureHeaders:
    timestamp: str
    nonce: str
    serial: str
    signature: str


def read_headers(headers: Mapping[str, str]) -> SignatureHeaders:
    """Take the four signature headers, whatever their case; NotAuthentic if one is missing or odd."""
    lower = {name.lower(): value for name, value in headers.items()}
    scheme = lower.get("wechatpay-signature-type", SCHEME)
    if scheme != SCHEME:
        raise NotAuthentic(f"unknown signature type {scheme[:40]!r}")
    values = [lower.get(f"wechatpay-{name}", "") for name in ("timestamp", "nonce", "serial", "signature")]
    if not all(values):
        raise NotAuthentic("a signature header is missing")
    found = SignatureHeaders(*values)
    if found.signature.startswith(_PROBE):
        raise SignatureProbe("a signature probe")
    return found


def check_fresh(found: SignatureHeaders, clock: Clock) -> None:
    """Replays are as old as they look: refuse what is more than five minutes from our time."""
    signed_at = decimal(found.timestamp)
    if signed_at is None:
        raise NotAuthentic("the timestamp is no number of seconds")
    if abs(clock.now().timestamp() - signed_at) > TOLERANCE_S:
        raise NotAuthentic("the timestamp is too far from our time")


async def authenticate(
    headers: Mapping[str, str],
    body: bytes,
    *,
    clock: Clock,
    find_key: Callable[[str], Awaitable[RSAPublicKey | None]],
) -> None:
    """Return if the raw body is signed by a key of the platform; NotAuthentic otherwise.

    Cheap checks come first, so that nobody can make us look keys up with old or empty headers.
    """
    found = read_headers(headers)
    check_fresh(found, clock)
    key = await find_key(found.serial)
    if key is None:
        raise NotAuthentic("no platform key of this serial number")
    if not is_signed(key, lines(found.timestamp, found.nonce, body), found.signature):
        raise NotAuthentic("the signature does not fit")
