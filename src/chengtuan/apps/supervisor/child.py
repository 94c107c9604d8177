"""One supervised process: started, watched, started again when it dies, stopped."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chengtuan.apps.embedded.owner import ProcessIdentity
from chengtuan.apps.embedded.problems import SetupProblem
from chengtuan.apps.supervisor import logs
from chengtuan.apps.supervisor.spawn import kill_group, spawn
from chengtuan.platform.tasks import end

FIRST_DELAY_S = 0.2
LONGEST_DELAY_S = 10.0
STABLE_AFTER_S = 30.0
_POLL_S = 0.1
_LOOK_AT_LOG_S = 60.0


def _nothing() -> None:
    return None


def _never(_output: str) -> bool:
    return False


@dataclass(frozen=True)
class ChildSpec:
    """What to run and how to treat it.

    `is_ready` tells whether it does its work; `before_start` runs before each start; `may_pass`
    looks at what a child wrote before it died during its first start and tells whether trying
    again helps. Times are seconds.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    is_ready: Callable[[], Awaitable[bool]]
    identity: ProcessIdentity = field(default_factory=ProcessIdentity)
    stop_signal: signal.Signals = signal.SIGTERM
    stop_wait_s: float = 20
    ready_wait_s: float = 60
    before_start: Callable[[], None] = _nothing
    may_pass: Callable[[str], bool] = _never


class Child:
    """Keeps one process alive from `start` to `stop`."""

    def __init__(self, spec: ChildSpec, log: Path, say: Callable[[str], None]) -> None:
        self.spec = spec
        self.log = log
        self._say = say
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def start(self) -> None:
        """Starts the process and waits until it is ready; from then on it is kept alive."""
        logs.rotate(self.log)
        give_up = time.monotonic() + self.spec.ready_wait_s
        delay = FIRST_DELAY_S
        while True:
            offset = logs.size(self.log)
            await self._spawn()
            if await self._becomes_ready(give_up):
                break
            output = logs.read_from(self.log, offset)
            if time.monotonic() > give_up or not self.spec.may_pass(output):
                raise await self._start_problem(output)
            await asyncio.sleep(delay)
            delay = min(2 * delay, LONGEST_DELAY_S)
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.spec.name}")

    async def stop(self) -> None:
        """Asks the process to end, and after `stop_wait_s` makes it."""
        if self._keeper is not None:
            await end([self._keeper])
        process = self._process
        if process is None:
            return
        if process.returncode is None:
            process.send_signal(self.spec.stop_signal)
            try:
                async with asyncio.timeout(self.spec.stop_wait_s):
                    await process.wait()
            except TimeoutError:
                self._say(f"{self.spec.name} did not stop within {self.spec.stop_wait_s:.0f} s and was killed")
        kill_group(process.pid)
        await process.wait()

    async def _spawn(self) -> None:
        spec = self.spec
        spec.before_start()
        with logs.open_for_child(self.log) as output:
            self._process = await spawn(
                spec.command,
                environment=spec.environment,
                output=output,
                identity=spec.identity,
                signal_on_our_death=spec.stop_signal,
            )

    async def _becomes_ready(self, give_up: float) -> bool:
        """Waits until the process is ready; False when it died or took too long."""
        process = self._process
        while process is not None and process.returncode is None:
            if await self.spec.is_ready():
                return True
            if time.monotonic() > give_up:
                return False
            await asyncio.sleep(_POLL_S)
        return False

    async def _start_problem(self, output: str) -> SetupProblem:
        process = self._process
        ended = process is not None and process.returncode is not None
        await self.stop()
        what = "ended while starting" if ended else f"was not ready within {self.spec.ready_wait_s:.0f} s"
        return SetupProblem(f"{self.spec.name} {what}; its log {self.log} says:\n{logs.last_lines(output)}")

    async def _keep(self) -> None:
        delay = FIRST_DELAY_S
        while True:
            began = time.monotonic()
            code = await self._wait_for_end()
            if time.monotonic() - began > STABLE_AFTER_S:
                delay = FIRST_DELAY_S
            self._say(f"{self.spec.name} {describe_exit(code)}; starting it again (log: {self.log})")
            await asyncio.sleep(delay)
            delay = min(2 * delay, LONGEST_DELAY_S)
            await self._revive()

    async def _revive(self) -> None:
        began = time.monotonic()
        try:
            await self._spawn()
            if await self._becomes_ready(began + self.spec.ready_wait_s):
                self._say(f"{self.spec.name} is back after {time.monotonic() - began:.1f} s")
        except Exception as error:  # noqa: BLE001  (no memory or disk for a moment, or whatever: it is tried again)
            self._say(f"{self.spec.name} cannot be started now: {error}")

    async def _wait_for_end(self) -> int:
        process = self._process
        if process is None:
            raise RuntimeError("a child is kept only after it was started")
        watching = asyncio.create_task(self._keep_log_short(), name=f"log of {self.spec.name}")
        try:
            code = await process.wait()
        finally:
            watching.cancel()
        kill_group(process.pid)
        return code

    async def _keep_log_short(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_AT_LOG_S)
            await asyncio.to_thread(logs.rotate_running, self.log)


def describe_exit(code: int) -> str:
    """An exit code in words; negative numbers are signals."""
    if code >= 0:
        return f"ended with code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"
