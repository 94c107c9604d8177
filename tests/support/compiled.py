"""Validators of routes compiled once in a test process: every world makes the same routes anew.

Without it most of the time of opening a world goes into compiling what the world before had compiled.
"""

from typing import Any

from fastapi._compat.v2 import ModelField, asdict

_compile = ModelField.__post_init__
_known: dict[Any, tuple[Any, Any]] = {}
"""By all that a validator is made of: the validator, and the field it was first made for, whose parts stay alive."""


def _compile_once(field: ModelField) -> None:
    parts = asdict(field.field_info)
    try:
        what = (parts["annotation"], *parts["metadata"], repr(parts["attributes"]), repr(field.config))
        known = _known.get(what)
    except TypeError:  # a part that cannot be compared
        return _compile(field)
    if known is None:
        _compile(field)
        known = _known[what] = (field._type_adapter, field.field_info)
    field._type_adapter = known[0]
    return None


def compile_validators_once() -> None:
    ModelField.__post_init__ = _compile_once  # type: ignore[method-assign, assignment]
