"""Who may take part in an activity, whatever its kind."""

from dataclasses import asdict, dataclass
from functools import lru_cache
from json import loads
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """`newcomers_only`: who joins must be new to the merchant. `regions`: codes of provinces, None is everywhere."""

    newcomers_only: bool = False
    regions: tuple[str, ...] | None = None

    def delivers_to(self, province_code: str) -> bool:
        return self.regions is None or province_code in self.regions

    def document(self) -> dict[str, Any]:
        """As it is kept, and read again by `eligibility_of`."""
        return asdict(self)


@lru_cache(maxsize=4096)
def eligibility_of(document: str) -> Eligibility:
    values = loads(document)
    regions = values["regions"]
    return Eligibility(newcomers_only=values["newcomers_only"], regions=None if regions is None else tuple(regions))
