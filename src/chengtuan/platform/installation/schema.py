"""The schema `platform`, which belongs to no module."""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import MetaData


@dataclass(frozen=True)
class PlatformSchema:
    """What migrations need to know of it."""

    name: str = "platform"
    package: str = "chengtuan.platform.installation"

    @property
    def metadata(self) -> "MetaData":
        """The tables, which only migrations load."""
        metadata: MetaData = import_module(f"{self.package}.models").METADATA
        return metadata


PLATFORM = PlatformSchema()
