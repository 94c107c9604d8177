"""What things in a new module are called."""

import keyword
import re
from dataclasses import dataclass
from pathlib import Path

_PLAIN = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_VAGUE = {"common", "core", "helpers", "managers", "misc", "public", "services", "shared", "utils"}
_LONGEST = 40


class BadName(Exception):
    """The name cannot be a module's; the message says why."""


@dataclass(frozen=True, slots=True)
class Names:
    """`coupons`, `Coupons`, `COUPONS`, and its first thing: `coupon`, `Coupon`."""

    module: str

    @property
    def title(self) -> str:
        return _camel(self.module)

    @property
    def constant(self) -> str:
        return self.module.upper()

    @property
    def thing(self) -> str:
        """A plural's singular; another word gets an entry to start with."""
        plural = self.module.endswith("s") and not self.module.endswith(("ss", "us", "is", "ies"))
        return self.module[:-1] if plural else f"{self.module}_entry"

    def substitutions(self) -> dict[str, str]:
        """What the templates ask for."""
        return {
            "module": self.module,
            "Title": self.title,
            "CONSTANT": self.constant,
            "thing": self.thing,
            "Thing": _camel(self.thing),
            "dashed": self.thing.replace("_", "-"),
            "spoken": self.thing.replace("_", " "),
        }


def names_for(module: str, modules: Path) -> Names:
    """Raises BadName unless a module of that name can be made in the folder `modules`."""
    if not _PLAIN.fullmatch(module) or len(module) > _LONGEST:
        raise BadName(f"{module!r}: use lower-case letters, digits and single underscores, at most {_LONGEST}")
    if keyword.iskeyword(module) or module.startswith("pg_"):
        raise BadName(f"{module!r} means something to Python or to PostgreSQL")
    if module in _VAGUE:
        raise BadName(f"{module!r} does not say what the module owns")
    if (modules / module).exists():
        raise BadName(f"there is a module {module!r} already")
    return Names(module)


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
