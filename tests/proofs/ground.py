"""What a round stands on."""

from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.support.rows import empty_tables


@dataclass
class Ground:
    """`database_url` is a migrated database that nobody else uses meanwhile; `folder` is for files."""

    database_url: str
    folder: Path
    _numbers: "count[int]" = field(default_factory=count)

    def fresh_database(self) -> str:
        """The database without rows."""
        empty_tables(self.database_url)
        return self.database_url

    def fresh_folder(self) -> Path:
        folder = self.folder / f"round-{next(self._numbers)}"
        folder.mkdir()
        return folder
