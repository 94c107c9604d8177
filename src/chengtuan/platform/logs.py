"""Structured logs: one JSON object a line, with the request's id; personal data never goes in."""

import logging
import re
from collections.abc import Mapping, MutableMapping
from typing import Any
from uuid import UUID

import structlog

_PHONE = re.compile(r"(?<!\d)(\+?\d{2,3})?(1\d{2})\d{4}(\d{4})(?!\d)")
_SECRET_NAMES = frozenset(
    {"token", "code", "password", "authorization", "phone", "session_key", "secret", "api_v3_key"}
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
        wrapper_class=structlog.make_filtering_bound_logger(number),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
