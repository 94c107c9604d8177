"""What an order costs: a basket goes through the steps of `PIPELINE`, in the order of rule 7.

One pipeline prices a preview, an order, and a ladder's settlement, where it runs again at the final tier with the rules
that the order was placed under. Amounts are integer fen. Whatever the steps are:

- the lines' payables and the freight sum to the order's payable, which is at least one fen;
- no reduction raises a price, and none takes more than there is;
- parts of a line are apportioned by largest remainder, so that they sum to the whole;
- freight comes last, on what the goods cost after all reductions: none reduces it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from chengtuan.kernel.money import Fen, apportion, permille_of
from chengtuan.modules.trade.pricing.rules.freight import Delivery, Load, Template


class AdjustmentKind(StrEnum):
    MEMBER = "member"
    THRESHOLD = "threshold"
    COUPON = "coupon"
    POINTS = "points"
    FREIGHT = "freight"


class Bearer(StrEnum):
    """Who pays for a reduction, or gets the freight."""

    MERCHANT = "merchant"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class BasketLine:
    """So many of one variant. `list_unit_fen` is one piece alone, `tier_prices_fen` an activity's, if there is one."""

    sku_id: UUID
    quantity: int
    list_unit_fen: Fen
    tier_prices_fen: tuple[Fen, ...] = ()


@dataclass(frozen=True, slots=True)
class Reduction:
    """A rule that makes a basket cheaper: a fixed sum (`off_fen`) or a share (`off_permille`) of what it applies to.

    It applies to lines of `sku_ids` (None: all) from `at_least_fen` of their goods on, and never takes more than
    `at_most_fen`. Two equal ones of one order differ in their `source_id`.
    """

    kind: AdjustmentKind
    off_fen: Fen = 0
    off_permille: int = 0
    at_least_fen: Fen = 0
    at_most_fen: Fen | None = None
    sku_ids: frozenset[UUID] | None = None
    source_id: UUID | None = None
    borne_by: Bearer = Bearer.MERCHANT

    def rule(self) -> dict[str, Any]:
        """What is kept with an order, and read again by `reductions_kept`."""
        rule: dict[str, Any] = {
            "off_fen": self.off_fen,
            "off_permille": self.off_permille,
            "at_least_fen": self.at_least_fen,
        }
        if self.at_most_fen is not None:
            rule["at_most_fen"] = self.at_most_fen
        if self.sku_ids is not None:
            rule["sku_ids"] = sorted(str(sku_id) for sku_id in self.sku_ids)
        return rule


class KeptAdjustment(Protocol):
    """An adjustment as it was kept with an order."""

    @property
    def kind(self) -> str: ...
    @property
    def source_id(self) -> UUID | None: ...
    @property
    def borne_by(self) -> str: ...
    @property
    def rule(self) -> Mapping[str, Any]: ...


def reductions_kept(adjustments: Iterable[KeptAdjustment]) -> list[Reduction]:
    """The rules behind an order's adjustments, in their order: each once, though every line it reduced has kept it."""
    reductions = (_reduction(kept) for kept in adjustments if kept.kind != AdjustmentKind.FREIGHT)
    return list(dict.fromkeys(reductions))


def _reduction(kept: KeptAdjustment) -> Reduction:
    skus = kept.rule.get("sku_ids")
    return Reduction(
        kind=AdjustmentKind(kept.kind),
        off_fen=kept.rule["off_fen"],
        off_permille=kept.rule["off_permille"],
        at_least_fen=kept.rule["at_least_fen"],
        at_most_fen=kept.rule.get("at_most_fen"),
        sku_ids=None if skus is None else frozenset(UUID(sku_id) for sku_id in skus),
        source_id=kept.source_id,
        borne_by=Bearer(kept.borne_by),
    )


@dataclass(frozen=True, slots=True)
class PriceFacts:
    """What besides the goods decides the price. `tier`: an activity's price reached, the first one when joining."""

    reductions: Sequence[Reduction] = ()
    tier: int = 0
    delivery: Delivery = field(default_factory=Delivery)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What a rule adds to a line's price: below zero for a reduction. `line` counts from 1; None is the freight."""

    kind: AdjustmentKind
    line: int | None
    amount_fen: Fen
    source_id: UUID | None
    rule: Mapping[str, Any]
    borne_by: Bearer


@dataclass(slots=True)
class PricedLine:
    """A line with what one costs (`unit_fen`), and what all reductions together take off."""

    line: int
    sku_id: UUID
    quantity: int
    list_unit_fen: Fen
    tier_prices_fen: tuple[Fen, ...]
    unit_fen: Fen
    off_fen: Fen = 0

    @property
    def goods_fen(self) -> Fen:
        return self.unit_fen * self.quantity

    @property
    def payable_fen(self) -> Fen:
        return self.goods_fen - self.off_fen


@dataclass(slots=True)
class Priced:
    """A basket with its price, line by line, and why.

    `freight_known` is false where the freight is only what it is at most; `undelivered` are not sent to that province,
    and of what is sent with `unweighed` ones nobody can say what it costs.
    """

    lines: list[PricedLine]
    adjustments: list[Adjustment] = field(default_factory=list)
    freight_fen: Fen = 0
    freight_known: bool = True
    undelivered: list[UUID] = field(default_factory=list)
    unweighed: list[UUID] = field(default_factory=list)

    @property
    def goods_fen(self) -> Fen:
        return sum(line.goods_fen for line in self.lines)

    @property
    def off_fen(self) -> Fen:
        return sum(line.off_fen for line in self.lines)

    @property
    def payable_fen(self) -> Fen:
        return self.goods_fen - self.off_fen + self.freight_fen


Step: TypeAlias = Callable[[Priced, PriceFacts], None]


def activity_price(priced: Priced, facts: PriceFacts) -> None:
    """An activity's price replaces the one of a piece alone; there is never more than one activity."""
    for line in priced.lines:
        if line.tier_prices_fen:
            line.unit_fen = min(line.unit_fen, line.tier_prices_fen[facts.tier])


def _reductions(kind: AdjustmentKind) -> Step:
    def step(priced: Priced, facts: PriceFacts) -> None:
        for reduction in facts.reductions:
            if reduction.kind is kind:
                _reduce(priced, reduction)

    return step


def _reduce(priced: Priced, rule: Reduction) -> None:
    """A basket never costs nothing (rule 7): the last fen is not given away."""
    lines = [line for line in priced.lines if rule.sku_ids is None or line.sku_id in rule.sku_ids]
    base = sum(line.payable_fen for line in lines)
    if sum(line.goods_fen for line in lines) < rule.at_least_fen:
        return
    off = min(rule.off_fen + permille_of(base, rule.off_permille), base, priced.goods_fen - priced.off_fen - 1)
    if rule.at_most_fen is not None:
        off = min(off, rule.at_most_fen)
    if off <= 0:
        return
    kept = rule.rule()
    for line, part in zip(lines, apportion(off, [line.payable_fen for line in lines]), strict=True):
        if part:
            line.off_fen += part
            priced.adjustments.append(Adjustment(rule.kind, line.line, -part, rule.source_id, kept, rule.borne_by))


def freight(priced: Priced, facts: PriceFacts) -> None:
    """Lines of one template travel together: their pieces, weights and sums count as one."""
    delivery = facts.delivery
    together: dict[UUID, tuple[Template, list[PricedLine]]] = {}
    for line in priced.lines:
        if carried := delivery.carried.get(line.sku_id):
            together.setdefault(carried.template.id, (carried.template, []))[1].append(line)
    for template, lines in together.values():
        priced.unweighed += [line.sku_id for line in lines if delivery.carried[line.sku_id].is_unweighed]
        load = Load(
            pieces=sum(line.quantity for line in lines),
            grams=sum(line.quantity * (delivery.carried[line.sku_id].grams or 0) for line in lines),
            goods_fen=sum(line.payable_fen for line in lines),
        )
        _carry(priced, template, load, delivery.province, [line.sku_id for line in lines])
    priced.freight_known &= not priced.unweighed


def _carry(priced: Priced, template: Template, load: Load, province: str | None, sku_ids: Sequence[UUID]) -> None:
    charge = template.charge(load, province)
    if charge is None:
        priced.undelivered.extend(sku_ids)
        priced.freight_known = False
        return
    priced.freight_fen += charge.amount_fen
    priced.freight_known &= charge.known
    rule = template.rule(load, charge, province)
    kept = Adjustment(AdjustmentKind.FREIGHT, None, charge.amount_fen, template.id, rule, Bearer.MERCHANT)
    priced.adjustments.append(kept)


PIPELINE: tuple[Step, ...] = (
    activity_price,
    _reductions(AdjustmentKind.MEMBER),
    _reductions(AdjustmentKind.THRESHOLD),
    _reductions(AdjustmentKind.COUPON),
    _reductions(AdjustmentKind.POINTS),
    freight,
)


def price(basket: Sequence[BasketLine], facts: PriceFacts) -> Priced:
    """The basket's price under these facts."""
    priced = Priced(
        [
            PricedLine(number, item.sku_id, item.quantity, item.list_unit_fen, item.tier_prices_fen, item.list_unit_fen)
            for number, item in enumerate(basket, 1)
        ]
    )
    for step in PIPELINE:
        step(priced, facts)
    return priced


def settlement_difference(basket: Sequence[BasketLine], applied: Sequence[Reduction], tier: int) -> Fen:
    """What goes back when a ladder ends at `tier`: what was paid in its first tier, less what it costs there (rule 6).

    `applied` are the reductions the order got. Their thresholds were judged when it was placed: they hold at a lower
    price as well. Freight stays as it was charged: the difference is one of goods.
    """
    kept = [_without_threshold(rule) for rule in applied]
    at_joining = price(basket, PriceFacts(kept, 0)).payable_fen
    return max(0, at_joining - price(basket, PriceFacts(kept, tier)).payable_fen)


def _without_threshold(rule: Reduction) -> Reduction:
    return Reduction(
        rule.kind, rule.off_fen, rule.off_permille, 0, rule.at_most_fen, rule.sku_ids, rule.source_id, rule.borne_by
    )
