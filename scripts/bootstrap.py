"""Sets the checkout up: `python -m scripts.bootstrap PART…`, called by the Makefile.

Parts: `runtime`, `dev` (Python packages), `clients` (builds), `pictures` (the demo's), `npm:SCRIPT`
(a script in every client).
Each part does only what is missing, so that calling it again costs next to nothing.
"""

import fcntl
import sys
from collections.abc import Sequence

from scripts.progress import ROOT, StepFailed, fail
from scripts.setup_clients import ensure_clients, run_scripts
from scripts.setup_pictures import ensure_pictures
from scripts.setup_python import ensure_python


def main(parts: Sequence[str]) -> int:
    """Does the parts in order; the exit code."""
    (ROOT / ".stamps").mkdir(exist_ok=True)
    with (ROOT / ".stamps" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two at once would install over each other
        try:
            for part in parts:
                _do(part)
        except StepFailed as problem:
            return fail(str(problem))
        except KeyboardInterrupt:
            return fail("Interrupted; the same command goes on where it stopped.")
    return 0


def _do(part: str) -> None:
    if part in {"runtime", "dev"}:
        ensure_python(part)
    elif part == "clients":
        ensure_clients()
    elif part == "pictures":
        ensure_pictures()
    elif part.startswith("npm:"):
        run_scripts([part.removeprefix("npm:")])
    else:
        raise StepFailed(f"The set-up has no part {part!r}.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
