"""Which pages docs/reference holds."""

import functools
from pathlib import Path

import typer

from chengtuan.apps.reference.api_pages import problems_page, routes_page
from chengtuan.apps.reference.commands_page import commands_page
from chengtuan.apps.reference.description import unconnected_product
from chengtuan.apps.reference.event_shapes import FILE, refuse_broken, shapes_page
from chengtuan.apps.reference.module_pages import events_page, facades_page, jobs_page, modules_page, states_page
from chengtuan.apps.reference.permissions_page import permissions_page
from chengtuan.apps.reference.settings_page import settings_page


@functools.cache
def reference_pages(commands: typer.Typer) -> dict[str, str]:
    """File name → text, written from the code; `commands` is the command line, which knows this package."""
    product = unconnected_product()
    return {
        "commands.md": commands_page(commands),
        FILE: shapes_page(),
        "events.md": events_page(product),
        "facades.md": facades_page(product),
        "jobs.md": jobs_page(product),
        "modules.md": modules_page(product),
        "permissions.md": permissions_page(product),
        "problems.md": problems_page(product),
        "routes.md": routes_page(product),
        "settings.md": settings_page(),
        "states.md": states_page(product),
    }


def write_reference(folder: Path, commands: typer.Typer) -> list[Path]:
    """Replaces the pages in `folder`; the files written. Raises BrokenShapes before anything is written."""
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / FILE).exists():
        refuse_broken((folder / FILE).read_text(encoding="utf-8"), reference_pages(commands)[FILE])
    written = []
    for name, text in reference_pages(commands).items():
        (folder / name).write_text(text, encoding="utf-8")
        written.append(folder / name)
    return written
