"""Console accounts from the command line: who there is, somebody new, roles, a new password, shutting somebody out."""

import asyncio
import getpass
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from chengtuan.kernel.problems import Problem

if TYPE_CHECKING:
    from chengtuan.modules.accounts.facade import AccountsFacade

staff = typer.Typer(no_args_is_help=True, help="Console accounts: list, add, roles, a new password, shut one out.")
Login = Annotated[str, typer.Argument(help="What the person signs in with.")]
Roles = Annotated[list[str], typer.Option("--role", help="Give it again for each: merchant_warehouse, ….")]


@staff.command(name="list")
def list_accounts() -> None:
    """Show every console account."""
    _run(_list)


@staff.command()
def add(
    login: Login,
    role: Roles,
    name: Annotated[str, typer.Option(help="What others see.")],
    merchant: Annotated[UUID | None, typer.Option(help="Whose they are; without it the platform's.")] = None,
) -> None:
    """Add a console account; its first password is asked for here or read from standard input."""
    password = _new_password()

    async def add_one(accounts: "AccountsFacade") -> None:
        await accounts.add_staff(
            login=login, password=password, name=name, roles=role, merchant_id=merchant, must_change_password=True
        )

    _run(add_one)
    print(f"{login} can sign in for seven days with this password, and changes it then.")


@staff.command(name="set-roles")
def set_roles(login: Login, role: Roles) -> None:
    """Replace the roles of an account; its sessions follow at once."""
    _run(lambda accounts: accounts.set_staff_roles(login=login, roles=role))
    print(f"{login} is {', '.join(role)}.")


@staff.command(name="set-password")
def set_password(login: Login) -> None:
    """Give an account a password to be changed, asked for here or read from standard input; its sessions end."""
    password = _new_password()
    _run(lambda accounts: accounts.set_staff_password(login=login, password=password))
    print(
        f"{login} can sign in for seven days with this password, and changes it then; the sessions before have ended."
    )


@staff.command()
def disable(login: Login) -> None:
    """Sign somebody out everywhere and let nobody sign in to this account."""
    _run(lambda accounts: accounts.disable_staff(login=login))
    print(f"{login} is signed out and cannot sign in.")


@staff.command()
def enable(login: Login) -> None:
    """Let a disabled account sign in again."""
    _run(lambda accounts: accounts.enable_staff(login=login))
    print(f"{login} can sign in again.")


async def _list(accounts: "AccountsFacade") -> None:
    for one in await accounts.list_staff():
        where = f"merchant {one.merchant_id}" if one.merchant_id else "platform"
        state = f"disabled since {one.disabled_at:%Y-%m-%d %H:%M} UTC" if one.disabled_at else "can sign in"
        print(f"{one.login}  {one.name}  {', '.join(one.roles) or 'no role'}  {where}  {state}")


def _new_password() -> str:
    """Never an argument: those are in the shell's history and in everybody's list of processes."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("New password: ")
    if getpass.getpass("Once more: ") != password:
        raise SystemExit("chengtuan: the two are not the same; nothing was changed")
    return password


def _run(work: Callable[["AccountsFacade"], Awaitable[None]]) -> None:
    """Over the database of the environment, or of the copy in `DATA`."""
    # every command imports this file, and most do not need the product
    from chengtuan.apps.installation import with_database

    try:
        with with_database(os.environ) as environ:
            asyncio.run(_open_and(environ, work))
    except Problem as problem:
        raise SystemExit(f"chengtuan: {problem.title}") from None


async def _open_and(environ: Mapping[str, str], work: Callable[["AccountsFacade"], Awaitable[None]]) -> None:
    from chengtuan.apps.composition import Composition
    from chengtuan.kernel.clock import clock_for
    from chengtuan.modules.accounts.facade import AccountsFacade
    from chengtuan.platform.settings import PlatformSettings, load_settings

    clock = clock_for(load_settings(PlatformSettings, environ).clock_file)
    app = Composition(environ=environ, clock=clock, modules=["accounts"])
    accounts = app.facades[AccountsFacade]
    assert isinstance(accounts, AccountsFacade)
    async with app.open():
        await work(accounts)
