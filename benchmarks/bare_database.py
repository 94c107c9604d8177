"""pgbench on the same rows in the same cluster: what the database alone does of a workload's work."""

import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TypeAlias

import psycopg

from chengtuan.apps.embedded import Cluster

Rows: TypeAlias = Mapping[str, str | Sequence[str]]
"""The rows that a script is about, by the word that stands for them; of several, each transaction takes one."""

_TPS = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
_HAS_UUIDV7 = 18
_SHORT_S, _FEW = 0.5, 20
_BARRIERS = (
    # the measured groups are full, and a bare loop never stops joining
    "update trade.buy_group set seats = 1000000000, status = 'open', final_tier = null where status <> 'draft'",
)


class PgbenchFailed(Exception):
    """pgbench gave no rate; the message is what it said."""


def lift_barriers(database_url: str) -> None:
    """Let bare transactions repeat without end. The measured data is checked before."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        for statement in _BARRIERS:
            connection.execute(statement.encode())
        connection.execute("vacuum analyze")


def measure(
    cluster: Cluster,
    database_url: str,
    script: str,
    rows: Sequence[Rows],
    *,
    clients: int,
    seconds: float,
) -> float:
    """Transactions a second of a script, on one set of rows or on many by chance. Raises PgbenchFailed."""
    with tempfile.TemporaryDirectory(dir=cluster.files.home) as name:
        folder = Path(name)
        cluster.programs.owner.take(folder)
        scripts = [_script(cluster, script, place, folder / f"{number}.sql") for number, place in enumerate(rows)]
        files = [word for script_file in scripts for word in ("--file", script_file)]
        jobs = min(os.cpu_count() or 1, clients)
        common = ("--no-vacuum", "--protocol=prepared", "--client", clients, "--jobs", jobs, *files, database_url)
        timed = [("--time", round(seconds))] if seconds >= _SHORT_S else []
        for how in [*timed, ("--transactions", _FEW)]:  # where nothing was finished in that time, until some is
            done = cluster.programs.run("pgbench", *how, *common)
            found = _TPS.search(done.stdout)
            if done.returncode == 0 and found is not None:
                return float(found.group(1))
    raise PgbenchFailed(done.stdout[-2000:])


def _script(cluster: Cluster, name: str, rows: Rows, path: Path) -> Path:
    """The script about these rows, where the cluster's own user can read it."""
    text = files("benchmarks").joinpath("limits", f"{name}.sql").read_text()
    new = cluster.programs.binaries.major >= _HAS_UUIDV7
    text = text.replace("new_id()", "uuidv7()" if new else "gen_random_uuid()")
    for word, value in rows.items():
        if isinstance(value, str):
            text = re.sub(rf":{word}\b", f"'{value}'::uuid", text)
        elif f":{word}" in text:
            chosen = f"('{{{','.join(value)}}}'::uuid[])[:the_{word}]"
            text = f"\\set the_{word} random(1, {len(value)})\n" + re.sub(rf":{word}\b", chosen, text)
    path.write_text(text)
    cluster.programs.owner.take(path)
    return path
