"""Who changes something in the console."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Editor:
    """Kept with a change; `name` is the name they had then."""

    staff_id: UUID
    name: str
