"""What things in a new module, or in a new package of one, are called."""

import keyword
import re
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.dialects.postgresql.base import RESERVED_WORDS

_PLAIN = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_VAGUE = {"common", "core", "helpers", "managers", "misc", "public", "services", "shared", "utils"}
_OURS = {"background", "client", "generic", "information_schema", "meta", "platform"}
"""Addresses and schemas that are there already, and the parts of the clients' catalogues that no module has written."""
_ROOMS = {"console", "http", "moves", "rows", "rules", "usecases"}
"""What a package has inside, and the addresses of staff: no package is called so."""
_SQL = RESERVED_WORDS | {"collation", "concurrently", "lateral", "system_user", "tablesample"}
"""What PostgreSQL takes for its own where a schema or a table is named."""
_LONGEST = 40


class BadName(Exception):
    """The name cannot be a module's or a package's; the message says why."""


@dataclass(frozen=True, slots=True)
class Names:
    """`coupons`, `Coupons`, `COUPONS`, and its first thing: `coupon`, `Coupon`. A package's thing has its name."""

    module: str
    package: str = ""

    @property
    def title(self) -> str:
        return _camel(self.module)

    @property
    def constant(self) -> str:
        return self.module.upper()

    @property
    def thing(self) -> str:
        """A plural's singular; another word gets an entry to start with."""
        name = self.package or self.module
        plural = name.endswith("s") and not name.endswith(("ss", "us", "is", "ies"))
        return name[:-1] if plural and not _has_a_meaning(name[:-1]) else f"{name}_entry"

    @property
    def problem(self) -> str:
        """The name of the example's one problem, without its module."""
        return f"{self.thing.replace('_', '-')}-not-found"

    def substitutions(self) -> dict[str, str]:
        """What the templates ask for."""
        return {
            "module": self.module,
            "package": self.package,
            "slashed": self.package.replace("_", "-"),
            "Title": self.title,
            "CONSTANT": self.constant,
            "thing": self.thing,
            "Thing": _camel(self.thing),
            "dashed": self.thing.replace("_", "-"),
            "spoken": self.thing.replace("_", " "),
        }


def names_for(name: str, modules: Path) -> Names:
    """Raises BadName unless a module `coupons`, or a package `trade/coupons`, can be made in the folder `modules`."""
    module, slash, package = name.partition("/")
    _refuse(package if slash else module)
    if not slash:
        if module in _OURS:
            raise BadName(f"{module!r} is the name of something that is no module")
        if (modules / module).exists():
            raise BadName(f"there is a module {module!r} already")
        return Names(module)
    if package in _ROOMS:
        raise BadName(f"{package!r} is the name of something inside packages")
    home = modules / module
    if not (home / "module.py").exists():
        raise BadName(f"there is no module {module!r}")
    if (home / "usecases").exists():
        raise BadName(f"{module!r} is small: its rooms lie at its root, and nothing beside them")
    if (home / package).exists() or (home / f"{package}.py").exists():
        raise BadName(f"there is {name!r} already")
    return Names(module, package)


def _refuse(name: str) -> None:
    if not _PLAIN.fullmatch(name) or len(name) > _LONGEST:
        raise BadName(f"{name!r}: use lower-case letters, digits and single underscores, at most {_LONGEST}")
    if _has_a_meaning(name):
        raise BadName(f"{name!r} means something to Python or to PostgreSQL")
    if name in _VAGUE:
        raise BadName(f"{name!r} does not say what it owns")


def _has_a_meaning(name: str) -> bool:
    return keyword.iskeyword(name) or name in _SQL or name.startswith("pg_")


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
