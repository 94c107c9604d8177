"""Lays out a new module in the shape that all modules have, and registers it."""

from chengtuan.apps.scaffold.layout import scaffold_module
from chengtuan.apps.scaffold.names import BadName

__all__ = ["BadName", "scaffold_module"]
