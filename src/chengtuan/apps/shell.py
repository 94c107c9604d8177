"""A Python prompt beside a running copy or over a stopped one, with its composition open as `app`.

Nothing runs in the background here: the running copy, or the next one, relays the events and does the jobs
that the prompt causes. `await` works at the prompt.
"""

import ast
import asyncio
import code
import inspect
from collections.abc import Mapping
from types import CodeType, FunctionType
from typing import Any

from chengtuan.apps.composition import Composition
from chengtuan.apps.installation import with_database
from chengtuan.apps.ownership import refuse_stranger
from chengtuan.apps.registry import MANIFESTS
from chengtuan.kernel.clock import clock_for
from chengtuan.platform.settings import PlatformSettings, load_settings

_BANNER = """Chengtuan: `app` is the composition, each facade stands under its module's name.
    await accounts.get_profiles(user_ids=[])
    async with app.running["trade"].database.read() as db:
        print(await db.fetch_value("select count(*) from shop_order"))
Ctrl-D leaves."""


class _AsyncConsole(code.InteractiveConsole):
    """Runs in a thread; what is awaited runs on the loop, where the connections live."""

    def __init__(self, names: dict[str, Any], loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(names)
        self.compile.compiler.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        self._loop = loop

    def runcode(self, code: CodeType) -> None:
        run = FunctionType(code, self.locals)
        try:
            result = run()
            if inspect.iscoroutine(result):
                asyncio.run_coroutine_threadsafe(result, self._loop).result()
        except SystemExit:
            raise
        except BaseException:  # noqa: BLE001  (a prompt shows every error and goes on)
            self.showtraceback()


def run_shell(environ: Mapping[str, str]) -> None:
    """Opens all modules over the database of `environ`, or of the copy in `DATA`. Raises SetupProblem, BadSettings."""
    with with_database(environ) as opened:
        asyncio.run(_shell(opened))


async def _shell(environ: Mapping[str, str]) -> None:
    await asyncio.to_thread(refuse_stranger, environ)
    clock = clock_for(load_settings(PlatformSettings, environ).clock_file)
    app = Composition(environ=environ, clock=clock, modules=[manifest.name for manifest in MANIFESTS])
    names: dict[str, Any] = {kind.module: facade for kind, facade in app.facades.items()}
    async with app.open():
        console = _AsyncConsole({**names, "app": app, "clock": clock}, asyncio.get_running_loop())
        await asyncio.to_thread(console.interact, _BANNER, "")
