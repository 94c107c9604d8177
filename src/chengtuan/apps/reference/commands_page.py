"""The page about the command line."""

from collections.abc import Iterator
from typing import Any

import typer
import typer.main

from chengtuan.apps.reference.markdown import code, codes, page, paragraph, table


def commands_page(commands: typer.Typer) -> str:
    group: Any = typer.main.get_command(commands)
    parts = [_command(name, command) for name, command in sorted(_leaves("", group))]
    return page("Command line", "`.venv/bin/chengtuan COMMAND`, or `python -m chengtuan.apps.cli COMMAND`.", *parts)


def _leaves(prefix: str, group: Any) -> Iterator[tuple[str, Any]]:
    """Every command by the words that call it."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _leaves(f"{prefix}{name} ", command)
        else:
            yield f"{prefix}{name}", command


def _command(name: str, command: Any) -> str:
    rows = [
        (
            codes(parameter.opts + parameter.secondary_opts)
            if parameter.param_type_name == "option"
            else code(_word(parameter)),
            _default(parameter),
            codes(_variables(parameter)),
            paragraph(getattr(parameter, "help", "")),
        )
        for parameter in command.params
    ]
    heading = f"## {name}\n\n{paragraph(command.help)}"
    return f"{heading}\n\n{table(('option', 'default', 'variable', 'meaning'), rows)}" if rows else heading


def _word(parameter: Any) -> str:
    return str(parameter.name).upper()


def _default(parameter: Any) -> str:
    if parameter.required:
        return "needed"
    return "none" if parameter.default in (None, "") else code(str(parameter.default))


def _variables(parameter: Any) -> list[str]:
    names = parameter.envvar or []
    return [names] if isinstance(names, str) else list(names)
