"""Documents generated from code: the API's description, and docs/reference."""

from chengtuan.apps.reference.description import openapi_document
from chengtuan.apps.reference.event_shapes import BrokenShapes
from chengtuan.apps.reference.pages import reference_pages, write_reference

__all__ = ["BrokenShapes", "openapi_document", "reference_pages", "write_reference"]
