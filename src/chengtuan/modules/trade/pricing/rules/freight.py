"""What delivery costs by a merchant's template: by where it goes, and by how much of it there is. Integer fen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from chengtuan.kernel.money import Fen


class FreightUnit(StrEnum):
    """What a template counts."""

    PIECE = "piece"
    GRAM = "gram"


@dataclass(frozen=True, slots=True)
class Load:
    """What travels together. `goods_fen` is what is paid for it, after all reductions."""

    pieces: int
    grams: int
    goods_fen: Fen


@dataclass(frozen=True, slots=True)
class Zone:
    """Prices for some provinces; without `regions` for everywhere else.

    The first units cost `first_fen`, each further step that is begun `further_fen`. Either threshold makes it free.
    """

    regions: frozenset[str]
    first_units: int
    first_fen: Fen
    further_units: int
    further_fen: Fen
    free_from_fen: Fen | None = None
    free_from_pieces: int | None = None

    def is_free(self, load: Load) -> bool:
        return (self.free_from_fen is not None and load.goods_fen >= self.free_from_fen) or (
            self.free_from_pieces is not None and load.pieces >= self.free_from_pieces
        )

    def cost(self, units: int) -> Fen:
        steps = -(-max(0, units - self.first_units) // self.further_units)
        return self.first_fen + steps * self.further_fen


@dataclass(frozen=True, slots=True)
class Charge:
    """What a load costs to deliver. `known` is false where the province decides and nobody said which: it is the
    dearest then, so that no order costs more."""

    amount_fen: Fen
    zone: Zone
    known: bool = True


@dataclass(frozen=True, slots=True)
class Template:
    """A merchant's prices of delivery. One zone is everywhere else; nothing goes to `undelivered`."""

    id: UUID
    unit: FreightUnit
    zones: tuple[Zone, ...]
    undelivered: frozenset[str] = frozenset()

    def units(self, load: Load) -> int:
        return load.grams if self.unit is FreightUnit.GRAM else load.pieces

    def charge(self, load: Load, province: str | None) -> Charge | None:
        """None where it is not delivered to. `province` None: nobody said where it goes."""
        if province in self.undelivered:
            return None
        if province is not None:
            zone = self._zone_of(province)
            return Charge(self.cost(zone, load), zone)
        costs = [(self.cost(zone, load), zone) for zone in self.zones]
        amount, zone = max(costs, key=lambda cost: cost[0])
        return Charge(amount, zone, known=not self.undelivered and all(cost == amount for cost, _ in costs))

    def _zone_of(self, province: str) -> Zone:
        elsewhere = next(zone for zone in self.zones if not zone.regions)
        return next((zone for zone in self.zones if province in zone.regions), elsewhere)

    def cost(self, zone: Zone, load: Load) -> Fen:
        return 0 if zone.is_free(load) else zone.cost(self.units(load))

    def rule(self, load: Load, charge: Charge, province: str | None) -> dict[str, Any]:
        """What is kept with an order: the zone's prices of the day, and what they were counted on."""
        zone = charge.zone
        rule: dict[str, Any] = {
            "unit": self.unit.value,
            "units": self.units(load),
            "pieces": load.pieces,
            "goods_fen": load.goods_fen,
            "province_code": province,
            "first_units": zone.first_units,
            "first_fen": zone.first_fen,
            "further_units": zone.further_units,
            "further_fen": zone.further_fen,
        }
        if zone.free_from_fen is not None:
            rule["free_from_fen"] = zone.free_from_fen
        if zone.free_from_pieces is not None:
            rule["free_from_pieces"] = zone.free_from_pieces
        return rule


@dataclass(frozen=True, slots=True)
class Carried:
    """How a variant is sent. One piece weighs `grams`; None: nobody has weighed it."""

    template: Template
    grams: int | None

    @property
    def is_unweighed(self) -> bool:
        """Its freight cannot be counted: weightless it would be sent for the first units' price, however many."""
        return self.grams is None and self.template.unit is FreightUnit.GRAM


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a basket goes, and by which templates; variants that are not `carried` are sent free."""

    province: str | None = None
    carried: Mapping[UUID, Carried] = field(default_factory=dict)
