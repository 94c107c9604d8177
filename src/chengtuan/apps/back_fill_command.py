"""`chengtuan back-fill`: events that happened before a module listened to them."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated

import typer

from chengtuan.kernel.clock import SHANGHAI

_FORMATS = ("%Y-%m", "%Y-%m-%d")


def back_fill(
    module: Annotated[str, typer.Argument(help="Who is given the events.")],
    since: Annotated[str, typer.Option("--from", help="A month or a day in China; all that is kept otherwise.")] = "",
    events: Annotated[str, typer.Option(help="Only these, with commas; all that it hears of otherwise.")] = "",
    stop: Annotated[bool, typer.Option("--stop", help="End what was begun, and let live events go on.")] = False,
) -> None:
    """Give a module past events, in order and each once, before it hears of new ones. The shop may run meanwhile."""
    from chengtuan.apps.back_fill import Wish, give
    from chengtuan.apps.back_fill import stop as end
    from chengtuan.apps.installation import with_database

    from_at = _instant(since)
    with with_database(os.environ) as environ:
        if stop:
            asyncio.run(_print(end(environ, module)))
        else:
            names = [name.strip() for name in events.split(",") if name.strip()]
            asyncio.run(_print(give(environ, Wish(module, names, from_at))))


async def _print(lines: AsyncIterator[str]) -> None:
    async for line in lines:
        print(line, flush=True)


def _instant(text: str) -> datetime:
    if not text:
        return datetime(1970, 1, 1, tzinfo=UTC)
    for layout in _FORMATS:
        try:
            return datetime.strptime(text, layout).replace(tzinfo=SHANGHAI)
        except ValueError:
            continue
    raise typer.BadParameter("write --from as 2026-01 or 2026-01-31")
