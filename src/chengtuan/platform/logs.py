"""Structured logs: one JSON object a line, with the request's id; personal data never goes in.

Logging never raises. A line that cannot be written (a full disk, a closed terminal) is lost, and the next one that can
be says how many were: nothing that the product does may fail because nobody could be told of it.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any
from uuid import UUID

import structlog

_PHONE = re.compile(r"(?<!\d)(\+?\d{2,3})?(1\d{2})\d{4}(\d{4})(?!\d)")
_SECRET_NAMES = frozenset(
    {"token", "code", "password", "authorization", "phone", "session_key", "secret", "api_v3_key"}
    | {"openid", "unionid", "payer_openid"}
)


def _mask(_: Any, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last line of defence: named secrets are dropped, phone-like numbers are masked, at any depth."""
    for name, value in entry.items():
        entry[name] = _masked(name, value)
    return entry


def _masked(name: str, value: Any) -> Any:
    if name.lower() in _SECRET_NAMES:
        return "***"
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(key): _masked(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked("", item) for item in value]
    if isinstance(value, UUID):
        return str(value)
    return _PHONE.sub(r"\2****\3", value if isinstance(value, str) else repr(value))


def in_short(error: BaseException) -> str:
    """An error in one line for people who look into it: without the data that databases quote in later lines."""
    first = str(error).strip().partition("\n")[0]
    return _PHONE.sub(r"\2****\3", f"{type(error).__name__}: {first}" if first else type(error).__name__)[:500]


class _Output:
    """Writes lines to standard output, as it is at that moment."""

    def __init__(self) -> None:
        self._lost = 0

    def msg(self, line: str) -> None:
        try:
            if self._lost:
                self._write(f'{{"event": "log_lines_lost", "level": "warning", "count": {self._lost}}}')
            self._write(line)
        except (OSError, ValueError, AttributeError):  # no space, no terminal, closed, None
            self._lost += 1
        else:
            self._lost = 0

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg

    @staticmethod
    def _write(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


_output = _Output()


def _never_raising(level: int) -> type[Any]:
    base: Any = structlog.make_filtering_bound_logger(level)

    class Logger(base):  # type: ignore[misc]  # structlog makes these classes at run time
        def _proxy_to_logger(self, method_name: str, event: str | None = None, **entry: Any) -> Any:
            try:
                return super()._proxy_to_logger(method_name, event, **entry)
            except Exception as error:  # noqa: BLE001  (something in the entry cannot be shown)
                _output.msg(f'{{"event": "log_entry_broken", "level": "error", "cause": "{type(error).__name__}"}}')
                return None

    return Logger


def configure_logs(level: str) -> None:
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # without the frames' local variables: they hold phones, codes and tokens
            structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
            _mask,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=_never_raising(number),
        logger_factory=lambda *_: _output,
        cache_logger_on_first_use=True,
    )
    logging.raiseExceptions = False  # the standard library's handlers complain to standard error otherwise
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
