"""What the use cases of `merchants` work with."""

from dataclasses import dataclass

from chengtuan.platform.database import Database


@dataclass(frozen=True)
class MerchantsContext:
    database: Database
