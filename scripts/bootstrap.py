"""Sets the checkout up: `python -m scripts.bootstrap PART…`, called by the Makefile.

Parts: `runtime`, `dev` (Python packages), `clients` (builds), `pictures` (the demo's), `types` (the API's types,
generated again), `npm:SCRIPT` (a script in every client).
Each part does only what is missing, so that calling it again costs next to nothing.
"""

import contextlib
import fcntl
import signal
import sys
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import TextIO

from scripts.progress import ROOT, StepFailed, end_running, fail, say
from scripts.setup_clients import ensure_clients, ensure_types, run_scripts
from scripts.setup_pictures import ensure_pictures
from scripts.setup_python import ensure_python
from scripts.stamps import STAMPS


def main(parts: Sequence[str]) -> int:
    """Does the parts in order; the exit code."""
    # A closed terminal and a service manager end the step that runs as Ctrl-C does, instead of leaving it behind.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupted)
    try:
        with _alone():
            for part in parts:
                _do(part)
    except StepFailed as problem:
        return fail(str(problem))
    except KeyboardInterrupt:
        return fail("Interrupted; the same command goes on where it stopped.")
    except OSError as error:
        return fail(f"The set-up cannot write into {ROOT} ({error}); it needs a checkout of your own with free space.")
    return 0


def _interrupted(_number: int, _frame: FrameType | None) -> None:
    end_running()  # a build in another thread would be waited for
    raise KeyboardInterrupt


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Two set-ups at once would install over each other."""
    with _lock_file() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("  Another command is setting this checkout up; waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _lock_file() -> TextIO:
    """To be written where that may be: who cannot write into a checkout may still run one that is set up already."""
    try:
        STAMPS.mkdir(exist_ok=True)
        return (STAMPS / "lock").open("w")
    except OSError as refused:
        try:
            return (STAMPS / "lock").open()
        except FileNotFoundError:
            raise refused from None


def _do(part: str) -> None:
    if part in {"runtime", "dev"}:
        ensure_python(part)
    elif part == "clients":
        ensure_clients()
    elif part == "pictures":
        ensure_pictures()
    elif part == "types":
        ensure_types()
    elif part.startswith("npm:"):
        run_scripts([part.removeprefix("npm:")])
    else:
        raise StepFailed(f"The set-up has no part {part!r}.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
