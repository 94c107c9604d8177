"""Builds the modules of one process and wires them to each other and to the rest of the system."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

import httpx
from fastapi import APIRouter, Request
from pydantic import TypeAdapter

from chengtuan.apps.registry import MANIFESTS, routes_of
from chengtuan.gateways.http_transport import PlainClient
from chengtuan.kernel.clock import Clock
from chengtuan.platform import deadline
from chengtuan.platform.back_fill import back_fill_job
from chengtuan.platform.connections import Limits, with_line_limits
from chengtuan.platform.crypto import KeyRing
from chengtuan.platform.database import Database
from chengtuan.platform.events import Envelope, OutboxWriter, Routes
from chengtuan.platform.facades import Facade, bind_local, bind_remote, facade_router, post_signed
from chengtuan.platform.health import Health, Part
from chengtuan.platform.http.access import marked
from chengtuan.platform.http.closed import ClosedDoors
from chengtuan.platform.http.hot import HotPages
from chengtuan.platform.http.stuck import stuck_router
from chengtuan.platform.http.waiting import WaitingRoom
from chengtuan.platform.inbox import Consumer
from chengtuan.platform.job_runner import JobRunner
from chengtuan.platform.jobs import JobWriter
from chengtuan.platform.live import LiveHub
from chengtuan.platform.module import Built, Dependencies, ModuleManifest
from chengtuan.platform.rate_limit import RateLimiter
from chengtuan.platform.relay import Deliver, Relay
from chengtuan.platform.retention import sweep_job
from chengtuan.platform.settings import PlatformSettings, load_settings
from chengtuan.platform.signing import RequestSigner
from chengtuan.platform.transactions import assert_no_transaction

_EVENTS_PATH = "/_events"
_WAKE = "wake:"
_envelopes = TypeAdapter(list[Envelope])
_failures = TypeAdapter(dict[UUID, str])


async def _refuse_in_transaction(request: httpx.Request) -> None:
    assert_no_transaction(f"{request.method} {request.url.host}{request.url.path}")


async def _keep_to_deadline(request: httpx.Request) -> None:
    """Nobody who asks us waits for somebody whom we ask longer than they were promised."""
    limits = request.extensions["timeout"]
    left = deadline.remaining(limits["read"])
    limits |= {name: max(0.01, min(seconds, left)) for name, seconds in limits.items()} | {"total": max(0.01, left)}


def outside_client(transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """The client for partners' systems; it refuses to call while a transaction is open."""
    hooks = {"request": [_refuse_in_transaction, _keep_to_deadline]}
    return PlainClient(transport, timeout=httpx.Timeout(10, connect=3), event_hooks=hooks)


def _everything() -> None:
    """Admits any database: tests make their own."""


@dataclass
class RunningModule:
    """A module built in this process, with its machinery."""

    manifest: ModuleManifest
    database: Database
    built: Built
    consumer: Consumer
    relay: Relay
    jobs: JobRunner


@dataclass
class Composition:
    """Everything of one process. `modules` run here; the others are reached at `peers`.

    `admit` raises before modules start when the database is not this installation's.
    """

    environ: Mapping[str, str]
    clock: Clock
    modules: Sequence[str]
    peers: Mapping[str, str] = field(default_factory=dict)
    outside: httpx.AsyncClient = field(default_factory=outside_client)
    manifests: Sequence[ModuleManifest] = MANIFESTS
    admit: Callable[[], None] = _everything

    def __post_init__(self) -> None:
        self.platform = load_settings(PlatformSettings, self.environ)
        self.keys = KeyRing.parse(self.platform.field_key, self.platform.index_key)
        self.signer = RequestSigner(self.platform.internal_key.encode())
        self.health = Health()
        self.live = LiveHub(with_line_limits(self.platform.database_url))
        self.hot = HotPages(self.clock, self.live)
        self.closed = ClosedDoors(self.live)
        self.waiting = WaitingRoom(self.live)
        self.facades: dict[type[Facade], Facade] = {}
        self.running: dict[str, RunningModule] = {}
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._writers: dict[str, tuple[OutboxWriter, JobWriter]] = {}
        self._build()

    def _build(self) -> None:
        routes = routes_of(self.manifests)
        built: dict[str, tuple[ModuleManifest, Database, Built, Consumer]] = {}
        for manifest in self.manifests:
            if manifest.name not in self.modules:
                if manifest.facade is not None and manifest.name in self.peers:
                    client = self._peer(manifest.name)
                    self.facades[manifest.facade] = bind_remote(
                        manifest.facade, client, self.signer, self._understood(manifest.name)
                    )
                continue
            outbox, jobs = self._writers_of(manifest.name, routes)
            database = Database(
                module=manifest.name,
                conninfo=self.platform.database_url,
                clock=self.clock,
                outbox=outbox,
                jobs=jobs,
                publish=self.live.publish,
                limits=Limits(self.platform.database_timeout_s, self.platform.lock_timeout_s),
            )
            module = manifest.build(self._dependencies(manifest, database))
            self._check(manifest, module)
            if manifest.facade is not None and module.facade is not None:
                self.facades[manifest.facade] = bind_local(manifest.facade, module.facade)
            built[manifest.name] = (manifest, database, module, Consumer(database, module.subscribers))
        tries = self.platform.event_tries
        for name, (manifest, database, module, consumer) in built.items():
            outbox, jobs = self._writers[name]
            consumers = {other: parts[3] for other, parts in built.items()}
            relay = Relay(
                database, outbox, self._targets(name, routes, consumers), self.clock, self.health, tries=tries
            )
            own = (sweep_job(database, self.platform, self.clock), back_fill_job(database))
            runner = JobRunner(database, jobs, self.clock, [*module.jobs, *own])
            self.running[name] = RunningModule(manifest, database, module, consumer, relay, runner)

    def _writers_of(self, module: str, routes: Routes) -> tuple[OutboxWriter, JobWriter]:
        """Where the module's relay or a runner is in another process, the live notifications wake it."""
        of_outbox, of_jobs = f"{_WAKE}outbox:{module}", f"{_WAKE}jobs:{module}"
        outbox = OutboxWriter(routes, partial(self.live.publish, of_outbox))
        jobs = JobWriter(partial(self.live.publish, of_jobs))
        bells = {of_outbox: outbox.woken, of_jobs: jobs.woken}

        def ring(topic: str) -> None:
            if bell := bells.get(topic):
                bell.set()

        self.live.watch(ring)
        self._writers[module] = (outbox, jobs)
        return outbox, jobs

    def _dependencies(self, manifest: ModuleManifest, database: Database) -> Dependencies:
        return Dependencies(
            database=database,
            clock=self.clock,
            keys=self.keys,
            live=self.live,
            hot=self.hot,
            closed=self.closed,
            waiting=self.waiting,
            rate_limiter=RateLimiter(database),
            outside=self.outside,
            platform=self.platform,
            environ=self.environ,
            facades={kind: self.facades[kind] for kind in manifest.needs},
        )

    @staticmethod
    def _check(manifest: ModuleManifest, built: Built) -> None:
        """A manifest that promises other events than the module handles would lose them quietly."""
        handled = {subscriber.event for subscriber in built.subscribers}
        if handled != set(manifest.subscribes):
            raise TypeError(f"module {manifest.name}: manifest and subscribers name different events")
        if (manifest.facade is None) != (built.facade is None):
            raise TypeError(f"module {manifest.name}: manifest and build disagree about the facade")

    def _targets(
        self, owner: str, routes: Mapping[str, tuple[str, ...]], local: Mapping[str, Consumer]
    ) -> dict[str, Deliver]:
        names = {c for event, consumers in routes.items() if event.startswith(f"{owner}.") for c in consumers}
        return {name: local[name].deliver if name in local else self._remote_delivery(name) for name in sorted(names)}

    def _remote_delivery(self, consumer: str) -> Deliver:
        client = self._peer(consumer)

        understood = self._understood(consumer)

        async def deliver(envelopes: Sequence[Envelope]) -> dict[UUID, str]:
            path = f"{_EVENTS_PATH}/{consumer}"
            body = _envelopes.dump_json(list(envelopes))
            return _failures.validate_json(await post_signed(client, self.signer, path, body, understood))

        return deliver

    def _understood(self, module: str) -> Part:
        """Down while the process of that module refuses our calls: another key, another version, a clock far off."""
        return self.health.part(f"calls to {module}")

    def _peer(self, module: str) -> httpx.AsyncClient:
        url = self.peers[module]
        if url not in self._clients:
            hooks = {"request": [_keep_to_deadline]}
            self._clients[url] = PlainClient(base_url=url, timeout=15, event_hooks=hooks)
        return self._clients[url]

    def others(self) -> dict[str, httpx.AsyncClient]:
        """Ways to the other processes, each by the names of the modules that run there."""
        modules: dict[str, list[str]] = {}
        for module, url in sorted(self.peers.items()):
            modules.setdefault(url, []).append(module)
        return {", ".join(names): self._peer(names[0]) for names in modules.values()}

    def routers(self) -> list[APIRouter]:
        """The modules' public routes and, for the other processes, their facades and inboxes."""
        routers = [router for module in self.running.values() for router in module.built.routers()]
        routers += [
            facade_router(module.manifest.facade, module.built.facade, self.signer)
            for module in self.running.values()
            if module.manifest.facade is not None and module.built.facade is not None
        ]
        names = [manifest.name for manifest in self.manifests]
        stuck = stuck_router(names, {name: module.database for name, module in self.running.items()})
        return [*routers, stuck, self._events_router()]

    def _events_router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)

        @marked("internal")
        async def receive(module: str, request: Request) -> dict[str, str]:
            body = await request.body()
            self.signer.verify(request.url.path, body, request.headers)
            failed = await self.running[module].consumer.deliver(_envelopes.validate_json(body))
            return {str(event_id): reason for event_id, reason in failed.items()}

        router.add_api_route(f"{_EVENTS_PATH}/{{module}}", receive, methods=["POST"])
        return router

    def back_fill_works(self, producer: str, consumer: str) -> tuple[JobRunner, Relay]:
        """What gives a module of this process another one's past events, and does nothing else."""
        database, (outbox, jobs) = self.running[producer].database, self._writers[producer]
        targets = {consumer: self.running[consumer].consumer.deliver}
        relay = Relay(database, outbox, targets, self.clock, self.health, tries=self.platform.event_tries)
        return JobRunner(database, jobs, self.clock, [back_fill_job(database)]), relay

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Databases open and modules started; nothing runs in the background yet."""
        for module in self.running.values():
            await module.database.open()
        try:
            await asyncio.to_thread(self.admit)
        except BaseException:
            for module in self.running.values():
                await module.database.close()
            raise
        for module in self.running.values():
            await module.built.start()
        try:
            yield
        finally:
            for module in self.running.values():
                await module.built.stop()
            for module in self.running.values():
                await module.database.close()
            for client in (*self._clients.values(), self.outside):
                await client.aclose()

    def wake(self) -> None:
        """Look at once for whatever may be due in this process."""
        for module in self.running.values():
            module.database.wake()

    async def settle(self) -> None:
        """Relay events, run due jobs and loops until nothing is left to do now. For seeding and tests."""
        busy = True
        while busy:
            busy = False
            for module in self.running.values():
                done = await module.relay.once() + await module.jobs.drain()
                if done + sum([await loop.once() for loop in module.built.loops]):
                    busy = True
