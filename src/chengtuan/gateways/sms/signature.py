"""The signature of the message protocol: HMAC-SHA256 over method, path, time, nonce and the raw body."""

import hmac
import re
from hashlib import sha256

SCHEME = "SMS-HMAC-SHA256"
TOLERANCE_S = 300
_HEADER = re.compile(
    SCHEME + r" timestamp=(?P<timestamp>\d{1,12}), nonce=(?P<nonce>[0-9a-f]{8,64}), signature=(?P<mac>[0-9a-f]{64})"
)


def _mac(key: str, path: str, timestamp: str, nonce: str, body: bytes) -> str:
    text = f"POST\n{path}\n{timestamp}\n{nonce}\n".encode() + body
    return hmac.new(key.encode(), text, sha256).hexdigest()


def authorization(key: str, *, path: str, timestamp: int, nonce: str, body: bytes) -> str:
    """The Authorization header; `timestamp` in seconds, `nonce` in hex."""
    mac = _mac(key, path, str(timestamp), nonce, body)
    return f"{SCHEME} timestamp={timestamp}, nonce={nonce}, signature={mac}"


def is_authorised(key: str, header: str, *, path: str, now: float, body: bytes) -> bool:
    """Whether the header fits the request and is at most five minutes away from `now` (seconds)."""
    found = _HEADER.fullmatch(header)
    if found is None or abs(now - int(found["timestamp"])) > TOLERANCE_S:
        return False
    return hmac.compare_digest(_mac(key, path, found["timestamp"], found["nonce"], body), found["mac"])
