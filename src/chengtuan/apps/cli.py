"""The command line: `chengtuan --help`."""

import asyncio
import contextlib
import gc
import json
import os
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from chengtuan.apps.back_fill_command import back_fill
from chengtuan.apps.embedded import SetupProblem
from chengtuan.apps.staff_commands import staff
from chengtuan.apps.startup.commands import REFUSED, SPEAKER
from chengtuan.apps.stuck_commands import commands
from chengtuan.platform.settings import BadSettings

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Chengtuan 成團: an open-source group-buying platform.",
    pretty_exceptions_enable=False,
)
cli.add_typer(commands("event"), name="events")
cli.add_typer(commands("job"), name="jobs")
cli.add_typer(staff, name="staff")
cli.command(name="back-fill")(back_fill)
Port = Annotated[int, typer.Option(envvar="PORT", help="Port to listen on.")]


@cli.command()
def serve(
    port: Port = 8000,
    host: str = "127.0.0.1",
    topology: str = "single",
    process: str = "",
    base_port: Annotated[int, typer.Option(help="Base port of the topology's processes.")] = 8000,
    workers: int = 1,
    background: Annotated[bool, typer.Option(help="Also relay events and run jobs.")] = True,
) -> None:
    """Serve a process of a topology over HTTP."""
    gc.disable()  # nothing that is loaded is garbage; `server.collect_less` takes it up again in the workers
    from chengtuan.apps import server
    from chengtuan.apps.serving import serve_at_port

    os.environ[server.TOPOLOGY] = topology
    os.environ[server.PROCESS] = process
    os.environ[server.BASE_PORT] = str(base_port)
    os.environ[server.BACKGROUND] = "1" if background else "0"
    server.refuse_stranger_now(os.environ)
    server.composition_from(os.environ)  # what is missing is said here once, not by workers that start again and again
    gc.freeze()  # workers are forked of this process where that is usual, and share what nobody writes to
    serve_at_port("chengtuan.apps.server:app", port=port, host=host, workers=workers)


@cli.command()
def worker(topology: str = "single", process: str = "", base_port: int = 8000) -> None:
    """Relay events and run jobs of a process, without serving HTTP."""
    from chengtuan.apps import server

    os.environ |= {server.TOPOLOGY: topology, server.PROCESS: process, server.BASE_PORT: str(base_port)}
    server.refuse_stranger_now(os.environ)
    asyncio.run(_work())


async def _work() -> None:
    from chengtuan.apps import works
    from chengtuan.apps.server import composition_from

    composition = composition_from(os.environ)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with composition.open(), works.background(composition):
        await stop.wait()


@cli.command()
def migrate() -> None:
    """Bring the database's schemas to their newest version."""
    from chengtuan.apps.ownership import bring_up_to_date
    from chengtuan.apps.registry import MANIFESTS

    bring_up_to_date(os.environ)
    print(f"schemas of {len(MANIFESTS)} modules are up to date")


@cli.command()
def revision(module: str, message: str) -> None:
    """Write a migration for a module from what changed in its models.py."""
    from chengtuan.apps.new_migration import write_migration
    from chengtuan.apps.registry import MANIFESTS

    manifest = next((each for each in MANIFESTS if each.name == module), None)
    if manifest is None:
        known = ", ".join(each.name for each in MANIFESTS)
        raise typer.BadParameter(f"there is no module {module!r}; there are {known}")
    print(f"wrote {write_migration(manifest, message)}")


@cli.command()
def seed(force: Annotated[bool, typer.Option(help="Also when the database has merchants already.")] = False) -> None:
    """Fill an empty database with the demo shop."""
    from chengtuan.apps.demo.seed import seed_demo

    raise SystemExit(asyncio.run(seed_demo(os.environ, force=force)))


@cli.command()
def sandbox(
    port: int = 8001,
    data: Annotated[Path, typer.Option(envvar="DATA")] = Path(".data"),
    init: Annotated[bool, typer.Option(help="Only make the keys and the credentials file.")] = False,
) -> None:
    """Run the partners' sandbox: WeChat, WeChat Pay and an SMS vendor."""
    from chengtuan.gateways.sandbox.__main__ import main as run_sandbox

    run_sandbox(["--port", str(port), "--data", str(data), *(["--init"] if init else [])])


@cli.command()
def topology(
    action: Annotated[str, typer.Argument(help="`show`")] = "show",
    name: Annotated[str, typer.Argument(help="A file of deploy/topologies.")] = "single",
    base_port: int = 8000,
) -> None:
    """Show which modules run where (`topology show services`)."""
    from chengtuan.apps.topology import BadTopology, describe, load_topology

    if action != "show":
        raise typer.BadParameter("the action is `show`")
    try:
        print(describe(load_topology(name), base_port))
    except BadTopology as error:
        raise typer.BadParameter(str(error)) from error


@cli.command()
def openapi(out: Annotated[Path | None, typer.Option(help="File to write; standard output otherwise.")] = None) -> None:
    """Print the API's description, as the clients' types are generated from it."""
    from chengtuan.apps.reference import openapi_document

    text = json.dumps(openapi_document(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if out:
        out.write_text(text)
    else:
        sys.stdout.write(text)


@cli.command()
def docs(
    out: Annotated[Path, typer.Option(help="Folder of the pages.")] = Path("docs/reference"),
) -> None:
    """Write the reference again from the code: routes, problems, events, settings and the rest."""
    from chengtuan.apps.reference import BrokenShapes, write_reference

    try:
        for path in write_reference(out, cli):
            print(f"wrote {path}")
    except BrokenShapes as error:
        raise SystemExit(
            f"{error}\nSuch a change needs a new version of the event (`.v2`). One that has not landed yet may be "
            f"taken out of {out / 'events.json'} by hand."
        ) from error


@cli.command(name="new-module")
def new_module(name: str) -> None:
    """Lay out a new module in the shape all modules have, or a package in one that has packages (`trade/coupons`)."""
    from chengtuan.apps.scaffold import BadName, scaffold_module

    try:
        paths = scaffold_module(name)
    except BadName as error:
        raise typer.BadParameter(str(error)) from error
    for path in paths:
        print(f"wrote {path}")
    module, _, package = name.partition("/")
    what, tests = (f"tables of {package}", f"/test_{package}.py") if package else ("first tables", "")
    print(f'next: .venv/bin/chengtuan revision {module} "{what}"')
    print(f"then: make docs && make check && make test ARGS=tests/modules/{module}{tests}")


@cli.command()
def shell() -> None:
    """A Python prompt with this installation's composition open, as `app`."""
    from chengtuan.apps.shell import run_shell

    run_shell(os.environ)


@cli.command()
def backup(
    to: Annotated[Path, typer.Option(help="A new folder; the keys are written beside it, to be kept elsewhere.")],
) -> None:
    """Write the shop into a folder: database, pictures and, apart from them, its keys. The shop may run meanwhile."""
    from chengtuan.apps.backup import back_up

    for line in back_up(os.environ, to):
        print(line)


@cli.command()
def restore(
    source: Annotated[Path, typer.Option("--from", help="A folder that `backup` wrote.")],
    data: Annotated[Path, typer.Option(envvar="DATA", help="An empty folder, or a new one.")],
    keys: Annotated[Path | None, typer.Option(help="The backup's keys file; looked for beside it otherwise.")] = None,
) -> None:
    """Make a shop from a backup, in an empty folder and an empty database, and compare it with what was saved."""
    from chengtuan.apps.backup import restore as restore_backup

    for line in restore_backup(os.environ, source, data, keys):
        print(line)


@cli.command()
def verify(
    settled: Annotated[bool, typer.Option(help="Also what holds once nothing is on its way any more.")] = False,
) -> None:
    """Look at all of a shop's data: the rules of money, stock and groups, what the keys open, the pictures."""
    from chengtuan.apps.verify import verify_installation

    findings = verify_installation(os.environ, settled=settled)
    print(findings.summary())
    for sentence in findings.sentences():
        print(sentence)
    print("something is wrong" if findings.sentences() else "everything is whole")
    raise SystemExit(bool(findings.sentences()))


@cli.command()
def adopt(data: Annotated[Path, typer.Option(envvar="DATA", help="The data folder that was moved.")]) -> None:
    """Give a moved data folder the database outside of it, which root keeps in /var/lib/chengtuan."""
    from chengtuan.apps.embedded.location import adopt_home

    home = adopt_home(data)
    print(f"the database in {home} belongs to {data.resolve()} now" if home else "the database lies in the folder")


@cli.command()
def up(
    port: Port = 8000,
    data: Annotated[
        Path | None, typer.Option(envvar="DATA", help="The data folder; `.data` of the checkout otherwise.")
    ] = None,
    topology: Annotated[str, typer.Option(envvar="TOPOLOGY", help="A file of deploy/topologies.")] = "single",
) -> None:
    """Start everything on this machine: PostgreSQL, the sandbox and the shop, with demo data."""
    from chengtuan.apps.up import up as start_all

    raise SystemExit(start_all(port=port, data=data, topology=topology))


def main() -> None:
    with contextlib.suppress(KeyboardInterrupt):
        try:
            cli()
        except BadSettings as error:
            raise SystemExit(f"chengtuan: settings: {error}") from error
        except SetupProblem as error:
            print(f"{SPEAKER}{error}", file=sys.stderr)
            raise SystemExit(REFUSED) from error


if __name__ == "__main__":
    main()
