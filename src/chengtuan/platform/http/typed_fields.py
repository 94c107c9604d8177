"""Text fields that people type into: `Annotated[str, Line(50, least=1)]`.

Both keep what `kernel.typed` keeps, and count characters after it has looked: pasted marks that nobody sees make
nothing too long, and nothing full that looks empty.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from chengtuan.kernel.typed import BadText, clean_line, clean_text, figures, is_visible

_SLACK = 4
"""How many times longer than its limit a text may be before it is looked at."""
_LONGEST = 100
"""Of figures: what is longer is none."""


@dataclass(frozen=True)
class _Typed(ABC):
    """`most` and `least` characters; with `least` at 0 an empty text is one too."""

    most: int
    least: int = 0

    @abstractmethod
    def clean(self, text: str) -> str: ...

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._take, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        described = dict(handler(schema))
        return described | {"maxLength": self.most} | ({"minLength": self.least} if self.least else {})

    def _take(self, text: str) -> str:
        if len(text) <= self.most * _SLACK:
            try:
                text = self.clean(text)
            except BadText as error:
                raise PydanticCustomError(error.what, "The text " + str(error)) from error
        if len(text) > self.most:
            raise PydanticCustomError(
                "string_too_long", "Text should have at most {max_length} characters", {"max_length": self.most}
            )
        if self.least and (len(text) < self.least or not is_visible(text)):
            raise PydanticCustomError(
                "string_too_short", "Text should have at least {min_length} characters", {"min_length": self.least}
            )
        return text


class Line(_Typed):
    """One line: names, addresses, searches."""

    def clean(self, text: str) -> str:
        return clean_line(text)


class Prose(_Typed):
    """One or more lines: remarks, descriptions."""

    def clean(self, text: str) -> str:
        return clean_text(text)


def _figures(value: object) -> object:
    return figures(value) if isinstance(value, str) and len(value) <= _LONGEST else value


FIGURES = BeforeValidator(_figures)
"""Of a code or a number, before its form is checked: full-width signs are plain ones, gaps mean nothing."""
