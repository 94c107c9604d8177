"""`python -m chengtuan.gateways.sandbox --port N --data DIR [--init]`."""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from chengtuan.kernel.clock import clock_for

from .app import create_sandbox_app
from .credentials import initialise
from .settings import SandboxSettings, settings_from_environment


def main(words: Sequence[str] | None = None) -> None:
    """Runs the command; `words` are its arguments, by default those of the process."""
    arguments = _arguments(words)
    settings = settings_from_environment(data_dir=arguments.data, port=arguments.port, public_url=arguments.public_url)
    if arguments.init:
        sys.stdout.write(f"{initialise(settings.data_dir, public_url=settings.public_url)}\n")
        return
    asyncio.run(_serve(settings, arguments.host, arguments.port))


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m chengtuan.gateways.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True, help="keeps its keys and ledger in DATA/sandbox")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--public-url", help="where a browser finds it; default http://127.0.0.1:PORT")
    parser.add_argument("--init", action="store_true", help="make keys and credentials.env, print its path")
    return parser.parse_args(words)


async def _serve(settings: SandboxSettings, host: str, port: int) -> None:
    clock_file = os.environ.get("CHENGTUAN_CLOCK_FILE")
    app = create_sandbox_app(settings, clock_for(Path(clock_file) if clock_file else None))
    # Its notes on starting and stopping would only repeat what whoever started us says.
    server = Server(app, address=host, port=port, interface=Interfaces.ASGI, log_level=LogLevels.error)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, server.stop)
    await server.serve()


if __name__ == "__main__":
    main()
