"""How a process listens: for whom, for how long, and for how many at once."""

import contextlib
import resource

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

IDLE_S = 15
"""So long a connection may say nothing, or not end the head of a request, before it is closed."""
MAX_CONNECTIONS = 8192
"""Of a worker. Whoever comes then waits at the door until others leave; an idle one costs some kilobytes."""
_BACKLOG = 4096
_OTHER_FILES = 512


def serve_at_port(
    target: str, *, port: int, host: str = "127.0.0.1", workers: int = 1, idle_s: int = IDLE_S, patience_s: int = 3
) -> None:
    """Serve `target`, an ASGI application's factory, until told to end.

    `patience_s`: after so long what is still open is cut when it ends; live streams never end by themselves.
    HTTP/1 alone: nobody speaks anything else to it, and of a connection that may become either the server
    waits for the first byte without end.
    """
    _allow_files(MAX_CONNECTIONS + _OTHER_FILES)
    Granian(
        target,
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=idle_s * 1000),
        websockets=False,
        backlog=_BACKLOG,
        backpressure=MAX_CONNECTIONS,
        log_enabled=True,
        respawn_failed_workers=True,
        workers_kill_timeout=patience_s,
    ).serve()


def _allow_files(count: int) -> None:
    """Each connection is an open file, of which many systems let a process have a thousand unless it asks for more."""
    most, allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most == resource.RLIM_INFINITY or most >= count:
        return
    wanted = count if allowed == resource.RLIM_INFINITY else min(count, allowed)
    with contextlib.suppress(OSError, ValueError):  # then with fewer
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, allowed))
