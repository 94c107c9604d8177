"""Words to whoever started the tests, past pytest's capture."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


def say(sentence: str) -> None:
    """Prints one sentence at once."""
    sys.stderr.write(f"\n[tests] {sentence}\n")
    sys.stderr.flush()


@contextmanager
def on_terminal(config: pytest.Config) -> Iterator[None]:
    """Lets what is printed inside reach the terminal, child processes' output too."""
    capture = config.pluginmanager.getplugin("capturemanager")
    if capture is None:
        yield
        return
    with capture.global_and_fixture_disabled():
        yield
