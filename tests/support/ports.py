"""Ports for servers that tests start, which nobody takes between the look and the start."""

import itertools
import os
import socket

HOST = "127.0.0.1"
BLOCK = 24
"""Ports that belong to one that is given out: a copy in several services takes those that follow its own."""
_FIRST, _LAST = 12_000, 32_000
"""Below those that the system gives to outgoing connections, which come and go at any time."""
_BLOCKS = (_LAST - _FIRST) // BLOCK
_turns = itertools.count(os.getpid() * 7)
"""Processes that test side by side begin in different places, and none takes a place twice."""


def free_port() -> int:
    """A port that is free together with the `BLOCK` - 1 after it, and that this process did not give out before."""
    for turn in itertools.islice(_turns, _BLOCKS):
        port = _FIRST + turn % _BLOCKS * BLOCK
        if all(_is_free(port + after) for after in range(BLOCK)):
            return port
    raise AssertionError(f"no {BLOCK} free ports in a row between {_FIRST} and {_LAST}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # as servers do: a connection of an earlier one that is still ending is no obstacle
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
