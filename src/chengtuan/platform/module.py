"""A module's manifest: what it owns, needs and offers. The composition reads these and nothing else."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar, cast, get_type_hints

import httpx
from fastapi import APIRouter

from chengtuan.kernel.clock import Clock
from chengtuan.platform.crypto import KeyRing
from chengtuan.platform.database import Database
from chengtuan.platform.events import Event
from chengtuan.platform.facades import Facade
from chengtuan.platform.http.closed import ClosedDoors
from chengtuan.platform.http.hot import HotPages
from chengtuan.platform.http.waiting import WaitingRoom
from chengtuan.platform.inbox import Subscriber
from chengtuan.platform.job_handlers import Periodic, Task, Timer
from chengtuan.platform.live import LiveHub
from chengtuan.platform.loops import Loop
from chengtuan.platform.rate_limit import RateLimiter
from chengtuan.platform.settings import PlatformSettings, Settings, load_settings

if TYPE_CHECKING:
    from sqlalchemy import MetaData

F = TypeVar("F", bound=Facade)
S = TypeVar("S", bound=Settings)
C = TypeVar("C")

_SHARED = frozenset({"database", "clock", "keys", "live", "hot", "closed", "waiting", "rate_limiter"})
"""What every module may have of the platform."""


async def _nothing() -> None:
    return None


def _no_routers() -> Sequence[APIRouter]:
    return ()


@dataclass(frozen=True)
class Dependencies:
    """What a module is built from. `outside`, for gateways, refuses to call in a transaction."""

    database: Database
    clock: Clock
    keys: KeyRing
    live: LiveHub
    hot: HotPages
    closed: ClosedDoors
    waiting: WaitingRoom
    rate_limiter: RateLimiter
    outside: httpx.AsyncClient
    platform: PlatformSettings
    environ: Mapping[str, str]
    facades: Mapping[type[Facade], Facade]

    def facade(self, kind: type[F]) -> F:
        """Another module's facade, bound in process or over the network: the caller cannot tell."""
        return cast("F", self.facades[kind])

    def context(self, kind: type[C], **own: object) -> C:
        """A module's context: fields that are called like a part of the platform are it, facades are found by type.

        The rest is its `own`. Raises TypeError for a field that is neither, and for one that it does not have.
        """
        found: dict[str, object] = {}
        for name, hint in get_type_hints(kind).items():
            if name in _SHARED:
                found[name] = getattr(self, name)
            elif isinstance(hint, type) and issubclass(hint, Facade):
                found[name] = self.facade(hint)
        return kind(**found | own)

    def settings(self, kind: type[S]) -> S:
        """The module's own settings. Raises BadSettings."""
        return load_settings(kind, self.environ)


@dataclass(frozen=True)
class Built:
    """A module, ready to run in this process. Its `routers` are made for who serves them, not for who only works."""

    routers: Callable[[], Sequence[APIRouter]] = _no_routers
    facade: Facade | None = None
    subscribers: Sequence[Subscriber] = ()
    jobs: Sequence[Timer | Task | Periodic] = ()
    loops: Sequence[Loop] = ()
    start: Callable[[], Awaitable[None]] = _nothing
    stop: Callable[[], Awaitable[None]] = _nothing


@dataclass(frozen=True)
class ModuleManifest:
    """`needs` are the facades it calls; `subscribes` the events it consumes (both pointing downwards)."""

    name: str
    package: str
    build: Callable[[Dependencies], Built]
    facade: type[Facade] | None = None
    needs: Sequence[type[Facade]] = field(default=())
    subscribes: Sequence[type[Event]] = field(default=())

    @property
    def metadata(self) -> "MetaData":
        """The tables. Only migrations and who looks through all of them load these, and SQLAlchemy with them."""
        metadata: MetaData = import_module(f"{self.package}.models").METADATA
        return metadata
