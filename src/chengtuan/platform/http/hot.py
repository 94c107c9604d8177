"""Answers hot public pages from bytes kept in this process, before the framework.

A route hands its page to `HotPages.page` with the live topics that announce its changes; those that only reading
can tell, such as the groups that it shows, come with what was read. A change committed in this process drops the page
before its own answer is given; one in another process does so through the live notifications; and no page grows older
than `MAX_AGE_S`, should one get lost. A page that is being read while one of its topics changes is given to those who
asked before, and not kept.

A path may have a few variants, which its route names (see `variants.py`); the number of pages is bounded.

What a page says of the current time is not part of what is kept: a trailing `"now"` is written anew
into every answer. Only successful pages come here; problems are raised past it.
"""

import asyncio
import re
import zlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from chengtuan.kernel.clock import Clock
from chengtuan.platform.http.fields import zulu
from chengtuan.platform.http.variants import ONE, Variant, Variants
from chengtuan.platform.live import LiveHub

MAX_AGE_S = 1.0
MAX_PAGES = 512
MAX_PAGE_BYTES = 256 * 1024
ZIP_FROM_BYTES = 1024
ZIP_LEVEL = 5

Headers = list[tuple[bytes, bytes]]
_STAMP = re.compile(rb'"now":"[-0-9T:.]{23}Z"\}$')
_STAMP_BYTES = len('"now":"2026-06-01T04:00:00.000Z"}')
_GZIP_WBITS, _GZIP_MEMORY = 16 + 13, 6  # 64 kB a kept page; the widest window would take 256 kB


def without_stamp(body: bytes) -> bytes:
    """The page without its time: equal for pages that say the same."""
    return body[:-_STAMP_BYTES] if _STAMP.search(body) else body


@dataclass(frozen=True, slots=True)
class Made:
    """What reading a page found. `mark` is for long polls: it tells a newer state from an older one.

    `keep` false: whoever asked gets it, and nobody else, such as for what only a stranger would ask for.
    """

    body: bytes
    mark: int = 0
    topics: Collection[str] = ()
    keep: bool = True


@dataclass(frozen=True, slots=True)
class Shown:
    """A page with the time of its answer."""

    body: bytes
    mark: int


Make = Callable[[], Awaitable[Made]]
_Key: TypeAlias = tuple[str, Variant]


class _Page:
    """A page as it is kept: without its time, and zipped when somebody first asks for that."""

    def __init__(self, made: Made, topics: frozenset[str], vary: bytes, read_at: float, clock_at: datetime) -> None:
        self.topics = topics
        self.mark = made.mark
        self.read_at = read_at
        self.clock_at = clock_at
        self._vary = [vary] if vary else []
        self._kept = without_stamp(made.body)
        self._stamped = len(self._kept) < len(made.body)
        self._large = len(made.body) >= ZIP_FROM_BYTES
        self._zip: Any = None  # zlib names no type for its compressors
        self._zip_head = b""

    def body(self, now: datetime) -> bytes:
        return self._kept + self._stamp(now)

    def zipped(self, now: datetime) -> bytes:
        """One gzip stream: the kept part is compressed once, the time is added to a copy."""
        if self._zip is None:
            self._zip = zlib.compressobj(ZIP_LEVEL, zlib.DEFLATED, _GZIP_WBITS, _GZIP_MEMORY)
            self._zip_head = self._zip.compress(self._kept) + self._zip.flush(zlib.Z_SYNC_FLUSH)
        rest = self._zip.copy()
        return bytes(self._zip_head + rest.compress(self._stamp(now)) + rest.flush())

    def answer(self, now: datetime, *, zip_accepted: bool) -> tuple[Headers, bytes]:
        headers: Headers = [(b"content-type", b"application/json")]
        if vary := [*self._vary, *([b"Accept-Encoding"] if self._large else [])]:
            headers.append((b"vary", b", ".join(vary)))
        if self._large and zip_accepted:
            body = self.zipped(now)
            headers.append((b"content-encoding", b"gzip"))
        else:
            body = self.body(now)
        headers.append((b"content-length", b"%d" % len(body)))
        return headers, body

    def _stamp(self, now: datetime) -> bytes:
        return b'"now":"%b"}' % zulu(now).encode() if self._stamped else b""


@dataclass(eq=False)
class _Reading:
    """A page that is being read now; everybody who asks meanwhile waits for it too."""

    topics: frozenset[str]
    changed: set[str] = field(default_factory=set)
    """Topics that changed meanwhile: what is read may be about them."""
    task: "asyncio.Task[Shown] | None" = None


@dataclass
class _Path:
    """The kept pages of a path."""

    variants: Variants
    pages: dict[Variant, _Page] = field(default_factory=dict)


class HotPages:
    def __init__(self, clock: Clock, live: LiveHub, *, max_age_s: float = MAX_AGE_S) -> None:
        self._clock = clock
        self._max_age_s = max_age_s
        self._max_drift = timedelta(seconds=max_age_s)
        self._paths: OrderedDict[str, _Path] = OrderedDict()
        self._count = 0
        self._about: dict[str, set[_Key]] = {}
        self._readings: dict[_Key, _Reading] = {}
        live.watch(self.drop)

    async def page(
        self,
        path: str,
        topics: Collection[str],
        make: Make,
        *,
        variants: Variants = ONE,
        scope: Mapping[str, Any] | None = None,
    ) -> Shown:
        """The page at `path` as JSON: kept, or made now. Raises what `make` raises.

        A path with variants needs the request's scope; the page of a variant that is not named is made for this
        request alone.
        """
        variant = variants.of(scope) if scope is not None else ()
        if variant is None:
            return _shown(await make())
        now = self._clock.now()
        page = self._find(path, variant, now)
        if page is not None:
            return Shown(page.body(now), page.mark)
        key = (path, variant)
        reading = self._readings.get(key)
        if reading is None:
            reading = self._readings[key] = _Reading(frozenset(topics))
            reading.task = asyncio.create_task(self._read(key, variants, reading, make))
            reading.task.add_done_callback(_look_at_error)
        assert reading.task is not None
        return await asyncio.shield(reading.task)  # one visitor leaving must not fail the others

    def answer(self, scope: Mapping[str, Any]) -> tuple[Headers, bytes] | None:
        """Headers and body for a GET, if its page is kept."""
        path = self._paths.get(scope["path"])
        if path is None:
            return None
        variant = path.variants.of(scope)
        now = self._clock.now()
        page = None if variant is None else self._find(scope["path"], variant, now)
        if page is None:
            return None
        return page.answer(now, zip_accepted=_accepts_gzip(scope))

    def drop(self, topic: str) -> None:
        """What is kept or being read about the topic is out of date."""
        for path, variant in self._about.pop(topic, ()):
            self._forget(path, variant)
        for key, reading in list(self._readings.items()):
            reading.changed.add(topic)
            if topic in reading.topics:  # whoever asks from here on needs another one
                del self._readings[key]

    async def _read(self, key: _Key, variants: Variants, reading: _Reading, make: Make) -> Shown:
        read_at, clock_at = asyncio.get_running_loop().time(), self._clock.now()
        try:
            made = await make()
        finally:
            if self._readings.get(key) is reading:
                del self._readings[key]
        topics = reading.topics | frozenset(made.topics)
        if made.keep and not topics & reading.changed and len(made.body) <= MAX_PAGE_BYTES:
            self._keep(key, variants, _Page(made, topics, variants.vary, read_at, clock_at))
        return _shown(made)

    def _keep(self, key: _Key, variants: Variants, page: _Page) -> None:
        name, variant = key
        self._forget(name, variant)
        path = self._paths.setdefault(name, _Path(variants))
        path.pages[variant] = page
        self._count += 1
        for topic in page.topics:
            self._about.setdefault(topic, set()).add(key)
        while self._count > MAX_PAGES:
            oldest = next(iter(self._paths))
            for other in list(self._paths[oldest].pages):
                self._forget(oldest, other)

    def _find(self, path: str, variant: Variant, now: datetime) -> _Page | None:
        kept = self._paths.get(path)
        page = kept.pages.get(variant) if kept is not None else None
        if page is None:
            return None
        age_s = asyncio.get_running_loop().time() - page.read_at
        if age_s > self._max_age_s or abs(now - page.clock_at) > self._max_drift:
            self._forget(path, variant)
            return None
        self._paths.move_to_end(path)
        return page

    def _forget(self, path: str, variant: Variant) -> None:
        kept = self._paths.get(path)
        page = kept.pages.pop(variant, None) if kept is not None else None
        if kept is None or page is None:
            return
        self._count -= 1
        if not kept.pages:
            del self._paths[path]
        for topic in page.topics:
            keys = self._about.get(topic, set())
            keys.discard((path, variant))
            if not keys:
                self._about.pop(topic, None)


def _shown(made: Made) -> Shown:
    return Shown(made.body, made.mark)


def _accepts_gzip(scope: Mapping[str, Any]) -> bool:
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])


def _look_at_error(task: "asyncio.Task[Shown]") -> None:
    """Whoever asked gets the error; if all of them have gone, nobody needs to hear of it."""
    if not task.cancelled():
        task.exception()
