"""A page as it is kept: each form of its answer is made once, and sent as it is to everybody.

What a page says of the current time is not part of what is kept: a trailing `"now"` is written anew, and so is the
header `x-now`, which a browser takes over into what it has when it is told that nothing else changed. One writing does
for the tick that follows.
"""

import re
import zlib
from collections.abc import Collection, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, TypeAlias

from chengtuan.kernel.problems import Problem
from chengtuan.platform.http.fields import zulu
from chengtuan.platform.http.headers import ASK_AGAIN, NOTHING, SAFETY
from chengtuan.platform.http.problem_document import MEDIA_TYPE

ZIP_FROM_BYTES = 1024
ZIP_LEVEL = 5
TICK_S = 0.02
OVERHEAD_BYTES = 3000
"""Of a page, beside its bytes: headers, messages, its topics."""

Message: TypeAlias = MutableMapping[str, Any]
Answer: TypeAlias = tuple[Message, Message]
"""What is sent: a response's start and its body."""

_Headers: TypeAlias = list[tuple[bytes, bytes]]
_STAMP = re.compile(rb'"now":"[-0-9T:.]{23}Z"\}$')
_STAMP_BYTES = len('"now":"2026-06-01T04:00:00.000Z"}')
_GZIP_WBITS = 16 + 15
_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_COMMON: _Headers = [
    *((name.lower().encode(), value.encode()) for name, value in SAFETY.items()),
    (b"content-security-policy", NOTHING.encode()),
    (b"cache-control", ASK_AGAIN.encode()),
]


def without_stamp(body: bytes) -> bytes:
    """The page without its time: equal for pages that say the same."""
    return body[:-_STAMP_BYTES] if _STAMP.search(body) else body


@dataclass(frozen=True, slots=True)
class Made:
    """What reading a page found. `mark` is for long polls: it tells a newer state from an older one.

    `topics` are those that only reading can tell. `keep` false: whoever asked gets it, and nobody else.
    """

    body: bytes
    mark: int = 0
    topics: Collection[str] = ()
    keep: bool = True


class Kept:
    """`problem`: there is no such page, and `made` is the document that says so."""

    __slots__ = (
        *("body_size", "clock_at", "mark", "problem", "read_at", "tag", "told_until", "topics"),
        *(
            "_kept",
            "_large",
            "_packed",
            "_plain",
            "_request_id",
            "_stamp",
            "_stamped",
            "_tick_s",
            "_unchanged",
            "_zipped",
        ),
    )

    def __init__(
        self,
        made: Made,
        topics: frozenset[str],
        *,
        read_at: float,
        clock_at: datetime,
        request_id: str,
        tick_s: float = TICK_S,
        problem: Problem | None = None,
    ) -> None:
        self.topics, self.mark, self.problem = topics, made.mark, problem
        self.read_at, self.clock_at = read_at, clock_at
        self._request_id = request_id.encode()
        self._kept = without_stamp(made.body)
        self._stamped = len(self._kept) < len(made.body)
        self._large = len(made.body) >= ZIP_FROM_BYTES
        self._packed = b""
        self.tag = b'W/"%b"' % blake2b(self._kept, digest_size=9).hexdigest().encode()
        self.body_size = len(made.body)
        self._tick_s = tick_s
        self.tell(clock_at, read_at)

    @property
    def size(self) -> int:
        """Bytes of memory, about: the page, the page with its time, and both again zipped."""
        return 2 * self.body_size + (self.body_size if self._large else 0) + OVERHEAD_BYTES

    @property
    def headers(self) -> dict[str, str]:
        """What is particular about an answer with this page."""
        found = {"cache-control": ASK_AGAIN, "etag": self.tag.decode()}
        return found | ({"x-now": self._stamp} if self._stamped else {})

    @property
    def body(self) -> bytes:
        body: bytes = self._plain[1]["body"]
        return body

    def tell(self, now: datetime, monotonic: float) -> None:
        """Write the time into the answers; near enough until `told_until`, by the system's own count."""
        self.told_until = monotonic + self._tick_s
        self._stamp = zulu(now)
        self._plain = self._answer(self._kept + self._end)
        self._zipped: Answer | None = None
        self._unchanged: Answer | None = None

    def answer(self, headers: Mapping[bytes, bytes]) -> Answer:
        """To a GET with these headers."""
        known = headers.get(b"if-none-match")
        if known is not None and self.tag in known and self.problem is None:
            if self._unchanged is None:
                self._unchanged = self._answer(b"", status=304)
            return self._unchanged
        if self._large and b"gzip" in headers.get(b"accept-encoding", b""):
            if self._zipped is None:
                self._zipped = self._answer(self._zip(), coding=b"gzip")
            return self._zipped
        return self._plain

    @property
    def _end(self) -> bytes:
        return b'"now":"%b"}' % self._stamp.encode() if self._stamped else b""

    def _answer(self, body: bytes, *, status: int = 200, coding: bytes = b"") -> Answer:
        headers: _Headers = [(b"x-request-id", self._request_id), *_COMMON]
        if self.problem is not None:
            status = self.problem.status
            headers.append((b"content-type", MEDIA_TYPE.encode()))
        else:
            headers.append((b"etag", self.tag))
            if self._stamped:
                headers.append((b"x-now", self._stamp.encode()))
            if status != 304:
                headers.append((b"content-type", b"application/json"))
        if self._large:
            headers.append((b"vary", b"Accept-Encoding"))
        if coding:
            headers.append((b"content-encoding", coding))
        if status != 304:
            headers.append((b"content-length", b"%d" % len(body)))
        return (
            {"type": "http.response.start", "status": status, "headers": headers},
            {"type": "http.response.body", "body": body},
        )

    def _zip(self) -> bytes:
        """One gzip stream: the kept part is compressed once; the time follows as it is, in a block of its own."""
        if not self._packed:
            packer = zlib.compressobj(ZIP_LEVEL, zlib.DEFLATED, -15)
            self._packed = _GZIP_HEAD + packer.compress(self._kept) + packer.flush(zlib.Z_SYNC_FLUSH)
        end = self._end
        length = len(end).to_bytes(2, "little")
        stored = b"\x01" + length + bytes(byte ^ 0xFF for byte in length) + end
        check = zlib.crc32(end, zlib.crc32(self._kept))
        size = (len(self._kept) + len(end)) & 0xFFFFFFFF
        return self._packed + stored + check.to_bytes(4, "little") + size.to_bytes(4, "little")
