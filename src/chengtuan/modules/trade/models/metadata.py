"""The metadata that every table of `trade` is in."""

from chengtuan.platform.tables import module_metadata

METADATA = module_metadata("trade")
