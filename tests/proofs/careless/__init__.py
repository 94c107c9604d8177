"""Sabotage of real processes, for controls."""

import os
from pathlib import Path


def careless(what: str) -> dict[str, str]:
    """The environment that takes a guard away from a process: `disk`, `queue` or `early`."""
    folders = [str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
    return {"CARELESS": what, "PYTHONPATH": os.pathsep.join(filter(None, folders))}
