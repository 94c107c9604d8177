"""Lists of things that a request says something about: each of them is named once.

`Annotated[list[SkuPrice], EachOnce("sku_id")]`. Of a thing named twice the last word would count, unsaid to whoever
wrote the first. `tests/api/test_lists.py` wants it on every list of objects in a request.
"""

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema


@dataclass(frozen=True)
class EachOnce:
    """`by` is the attribute that says which thing it is; those without one (None) may be as many as they like."""

    by: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._take, handler(source))

    def _take(self, items: list[Any]) -> list[Any]:
        named = [name for item in items if (name := getattr(item, self.by)) is not None]
        if len(set(named)) < len(named):
            raise PydanticCustomError("named_twice", "Each {by} may be named once only", {"by": self.by})
        return items
