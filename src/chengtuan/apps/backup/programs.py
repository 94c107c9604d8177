"""PostgreSQL's own programs over a connection string: the dump out, and the dump in."""

import contextlib
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from chengtuan.apps.embedded.binaries import find_binaries
from chengtuan.apps.embedded.problems import SetupProblem

_NEW_SETTING = b"SET transaction_timeout"
"""What newer programs write first and servers before 17 do not know; it only says "no limit"."""


def dump(database_url: str, schemas: Sequence[str], snapshot: str, to: Path) -> None:
    """Writes the `schemas` as the exported `snapshot` sees them into `to`. Raises SetupProblem."""
    wanted = [f"--schema={schema}" for schema in schemas]
    plan = ["--format=custom", f"--snapshot={snapshot}", "--no-unlogged-table-data", *wanted, f"--file={to}"]
    target, environment = _connection(database_url)
    _run("pg_dump", [*plan, target], environment, "The database could not be saved")


def load(dump_file: Path, database_url: str) -> None:
    """Plays a dump into a database, all of it or nothing. Raises SetupProblem."""
    target, environment = _connection(database_url)
    script = subprocess.Popen(
        [_program("pg_restore"), "--no-privileges", "--file=-", str(dump_file)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    database = subprocess.Popen(
        [_program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-", target],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        _pump(script, database)
        complaints = [process.communicate()[1] for process in (script, database)]
    finally:
        for process in (script, database):
            if process.poll() is None:
                process.kill()
            process.wait()
    for process, said in zip((script, database), complaints, strict=True):
        if process.returncode != 0:
            raise SetupProblem(f"The database could not be restored: {_telling(said)}")


def _pump(script: "subprocess.Popen[bytes]", database: "subprocess.Popen[bytes]") -> None:
    """Hands the script over as one transaction, which is committed only if the script came to its end."""
    assert script.stdout is not None
    assert database.stdin is not None
    heading = True
    with contextlib.suppress(BrokenPipeError):  # it stopped at an error, and says so
        database.stdin.write(b"begin;\n")
        for line in script.stdout:
            if heading and line.startswith(_NEW_SETTING):
                heading = False
                continue
            database.stdin.write(line)
        if script.wait() == 0:
            database.stdin.write(b"commit;\n")
        database.stdin.close()
    database.stdin = None
    script.stdout = None


def _connection(database_url: str) -> tuple[str, dict[str, str]]:
    """The connection without its password, which other users could see among the processes, and the environment."""
    parts = {name: value for name, value in conninfo_to_dict(database_url).items() if value is not None}
    password = parts.pop("password", None)
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": os.environ.get("HOME", "/")}
    if password is not None:
        environment["PGPASSWORD"] = str(password)
    return make_conninfo("", **parts), environment


def _program(name: str) -> str:
    path = find_binaries().folder / name
    if not path.exists():
        raise SetupProblem(f"{name} is not in {path.parent}; set PG_BIN to a folder with all of PostgreSQL's programs.")
    return str(path)


def _run(name: str, arguments: Sequence[str], environment: dict[str, str], what: str) -> None:
    done = subprocess.run(
        [_program(name), *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if done.returncode == 0:
        return
    if b"server version mismatch" in done.stderr:
        raise SetupProblem(
            f"{what}: your PostgreSQL is newer than the programs that come with Chengtuan; set PG_BIN to the folder "
            "of that version's programs."
        )
    raise SetupProblem(f"{what}: {_telling(done.stderr)}")


def _telling(output: bytes) -> str:
    lines = [line.strip() for line in output.decode(errors="replace").splitlines() if line.strip()]
    telling = [line for line in lines if "rror" in line or "FATAL" in line]
    return (telling or lines or ["no reason was given"])[0]
