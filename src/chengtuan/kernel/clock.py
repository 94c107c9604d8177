"""Where time comes from. Product code never asks the operating system or the database for it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""The time zone in which days begin and times are shown; instants are kept in UTC."""


class Clock(Protocol):
    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class MovableClock:
    """A clock that stands still until it is moved; for tests and for seeding a history."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        self._now += by

    def move_to(self, instant: datetime) -> None:
        self._now = instant.astimezone(UTC)


class FileOffsetClock:
    """The system's time plus the whole seconds written in a file, shared by several processes.

    Lets a demo or a journey move the server and its partners' sandboxes together.
    A missing or unreadable file means no offset.
    """

    _RECHECK = timedelta(milliseconds=100)

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = timedelta()
        self._checked: datetime | None = None

    def now(self) -> datetime:
        real = datetime.now(UTC)
        if self._checked is None or abs(real - self._checked) > self._RECHECK:
            self._checked = real
            self._offset = self._read()
        return real + self._offset

    def _read(self) -> timedelta:
        try:
            return timedelta(seconds=int(self._path.read_text().strip() or "0"))
        except (FileNotFoundError, ValueError):
            return timedelta()


def clock_for(offset_file: Path | None) -> Clock:
    return FileOffsetClock(offset_file) if offset_file else SystemClock()
