"""The sandbox as a process of its own, as the demo runs it."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

SANDBOX_PROGRAM = "chengtuan.gateways.sandbox"


class SandboxProcess:
    """`program` may be another one that serves the sandbox."""

    def __init__(self, data_dir: Path, port: int, *, program: str = SANDBOX_PROGRAM, **environment: str) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._arguments = ["-m", program, "--port", str(port), "--data", str(data_dir)]
        self._environment = os.environ | environment
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, *self._arguments),
            env=self._environment,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        async with asyncio.timeout(30), httpx.AsyncClient() as http:
            while True:
                try:
                    answer = await http.get(f"{self.url}/control/faults")
                except httpx.HTTPError:
                    assert self._process.returncode is None, "the sandbox ended"
                    await asyncio.sleep(0.05)
                else:
                    assert answer.status_code == 200, "somebody else answers at this port"
                    return

    async def kill(self) -> None:
        """kill -9: nothing is finished, nothing is said."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """Ask it to end; its exit status."""
        return await self._end(signal.SIGTERM)

    async def _end(self, number: int) -> int:
        if self._process is None:
            return 0
        if self._process.returncode is None:
            self._process.send_signal(number)
        status = await asyncio.wait_for(self._process.wait(), 10)
        self._process = None
        return status

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._end(signal.SIGKILL)
