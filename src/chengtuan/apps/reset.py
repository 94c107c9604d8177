"""`make reset`: stops a running copy and removes its data folder."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from pathlib import Path

from chengtuan.apps.embedded import Cluster, SetupProblem
from chengtuan.apps.embedded.location import NotOurDatabase, find_home
from chengtuan.apps.startup.environment import CHECKOUT
from chengtuan.apps.startup.folder import SIGNS, is_ours, looks_like_ours, remove
from chengtuan.apps.supervisor.lock import running_pid
from chengtuan.apps.supervisor.spawn import end_leftovers

_STOP_WAIT_S = 90.0


def reset(data: Path) -> None:
    """Stops whatever runs on `data` and removes what is ours in it, with its database. Raises `SetupProblem`.

    Nothing else is touched: neither what somebody else keeps in that folder, nor a database outside of
    it that is another folder's.
    """
    if not data.exists():
        print(f"  There is no data folder {data}; nothing to do.")
        return
    if not looks_like_ours(data):
        raise SetupProblem(f"{data} does not look like a data folder of Chengtuan; nothing was removed.")
    _stop_running_copy(data)
    asyncio.run(end_leftovers(data))
    home = _stop_database(data)
    print(f"  Removing {data} with all orders, pictures and keys in it …", flush=True)
    if home is not None:
        remove(home)
    ours = [each for each in data.iterdir() if is_ours(each.name)]
    for path in sorted(ours, key=lambda each: each.name in SIGNS):  # they go last, so that it can be done again
        remove(path)
    if left := sorted(each.name for each in data.iterdir()):
        print(f"  Left in {data}, because Chengtuan did not make it: {', '.join(left)}")
    else:
        data.rmdir()
    if "CHENGTUAN_DATABASE_URL" in os.environ:
        print("  Your own database stays as it is: remove it with PostgreSQL's `dropdb` before the next start.")
    print("  Done. The next `make run` starts with fresh demo data.")


def _stop_running_copy(data: Path) -> None:
    pid = running_pid(data)
    if pid is None:
        return
    print(f"  Stopping the copy that runs (process {pid}) …", flush=True)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    give_up = time.monotonic() + _STOP_WAIT_S
    while running_pid(data) is not None:
        if time.monotonic() > give_up:
            raise SetupProblem(f"The running copy (process {pid}) does not stop; end it and try again.")
        time.sleep(0.2)


def _stop_database(data: Path) -> Path | None:
    """Stops a database that survived its supervisor; the folder of the database if it is this folder's own."""
    try:
        home = find_home(data)
    except NotOurDatabase as problem:
        print(f"  No database is removed. {problem}")
        return None
    if home is not None and (home / "data" / "postmaster.pid").exists():
        Cluster.for_data(data, password="").stop()
    return home


def main() -> int:
    """The command line; the exit code."""
    try:
        reset(Path(os.environ.get("DATA") or CHECKOUT / ".data").resolve())
    except SetupProblem as problem:
        print(f"\n  {problem}\n", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
