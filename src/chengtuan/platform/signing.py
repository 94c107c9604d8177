"""Signs the calls between the product's own processes, so that nobody else can make them.

The time in a signature is the machine's, never the product's clock: that one can be moved, and it does not move
everywhere in the same instant. Machines' clocks differ as well, so a signature is good for `TOLERANCE` either way.
"""

import hmac
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256

from chengtuan.kernel.clock import Clock, SystemClock
from chengtuan.kernel.decimals import decimal
from chengtuan.kernel.problems import Problem

TOLERANCE = timedelta(minutes=5)


class BadSignature(Problem):
    code = "platform/bad-signature"
    status = 401
    title = "The call is not signed by a process of this system"


class RequestSigner:
    """HMAC-SHA256 over time, path and the body's digest with the internal key.

    The digest travels along, so that a caller is known before the body is read.
    """

    def __init__(self, key: bytes, real_time: Clock | None = None) -> None:
        self._key = key
        self._real_time = real_time or SystemClock()

    def sign(self, path: str, body: bytes) -> dict[str, str]:
        at, digest = str(int(self._real_time.now().timestamp())), sha256(body).hexdigest()
        return {
            "x-internal-time": at,
            "x-internal-digest": digest,
            "x-internal-signature": self._mac(at, path, digest),
        }

    def verify(self, path: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Raises BadSignature."""
        self.verify_caller(path, headers)
        if not hmac.compare_digest(headers["x-internal-digest"].encode(), sha256(body).hexdigest().encode()):
            raise BadSignature("the body is another one")

    def verify_caller(self, path: str, headers: Mapping[str, str]) -> None:
        """The caller is one of us; what the body says is still to be verified. Raises BadSignature."""
        at = headers.get("x-internal-time", "")
        digest = headers.get("x-internal-digest", "")
        given = headers.get("x-internal-signature", "")
        called_at = decimal(at)
        if called_at is None or not hmac.compare_digest(given.encode(), self._mac(at, path, digest).encode()):
            raise BadSignature
        if abs(self._real_time.now().timestamp() - called_at) > TOLERANCE.total_seconds():
            raise BadSignature("the call's time is too far off")

    def is_ours(self, path: str, headers: Mapping[str, str]) -> bool:
        """Whether `verify_caller` lets the call in."""
        try:
            self.verify_caller(path, headers)
        except BadSignature:
            return False
        return True

    def _mac(self, at: str, path: str, digest: str) -> str:
        return hmac.new(self._key, b"\n".join((at.encode(), path.encode(), digest.encode())), sha256).hexdigest()
