"""`chengtuan events` and `chengtuan jobs`: what failed again and again, to be tried once more or set aside."""

import asyncio
import os
from collections.abc import Sequence
from typing import Annotated, Literal

import typer

Module = Annotated[str, typer.Option(help="Only of this module.")]
Ids = Annotated[list[int] | None, typer.Argument(help="Numbers from the list; they count per module.")]


def commands(kind: Literal["event", "job"]) -> typer.Typer:
    """The commands about one kind of work."""
    words = "Events that no consumer could handle" if kind == "event" else "Jobs that fail"
    group = typer.Typer(no_args_is_help=True, help=f"{words}: list them, try them again, set them aside.")

    @group.command()
    def dead(module: Module = "") -> None:
        """List what was given up, and what has failed for a while, the oldest first."""
        from chengtuan.apps.installation import with_database
        from chengtuan.apps.stuck_work import list_work

        with with_database(os.environ) as environ:
            found = asyncio.run(list_work(environ, kind, module))
        for name, work in found:
            state = "given up" if work.dead else "still tried"
            target = f" to {work.consumer}" if work.consumer else ""
            print(f"{name:<11} {work.id:>8}  {work.name}{target}  {work.about}")
            print(f"{'':>22}{state} after {work.tries} tries, since {work.since:%Y-%m-%d %H:%M} UTC: {work.last_error}")
        print(f"{len(found)} stuck")

    @group.command()
    def replay(ids: Ids = None, module: Module = "", every: Annotated[bool, typer.Option("--all")] = False) -> None:
        """Try work again now, with all its tries."""
        print(f"{_act(kind, _chosen(ids, module, every=every), module, again=True)} tried again")

    @group.command(name="set-aside")
    def set_aside(ids: Ids = None, module: Module = "") -> None:
        """Never try this work again; what it held back goes on without it."""
        print(f"{_act(kind, _chosen(ids, module, every=False), module, again=False)} set aside")

    return group


def _act(kind: Literal["event", "job"], ids: Sequence[int] | None, module: str, *, again: bool) -> int:
    from chengtuan.apps.installation import with_database
    from chengtuan.apps.stuck_work import act

    with with_database(os.environ) as environ:
        return asyncio.run(act(environ, kind, ids, module, again=again))


def _chosen(ids: Sequence[int] | None, module: str, *, every: bool) -> Sequence[int] | None:
    """None for all. Numbers belong to a module, so it must be named with them."""
    if every and not ids:
        return None
    if not ids or every or not module:
        raise typer.BadParameter("name a --module and numbers from the list, or say --all to try all of them again")
    return ids
