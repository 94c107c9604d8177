"""On a process's PYTHONPATH, this takes away that a commit is on disk before it is answered: a control's sabotage."""

from typing import Any

from chengtuan.platform.database import Database

_pool = Database._pool


def _careless(self: Database, options: str, size: int) -> Any:
    return _pool(self, options.replace("synchronous_commit=on", "synchronous_commit=off"), size)


Database._pool = _careless  # type: ignore[method-assign]
