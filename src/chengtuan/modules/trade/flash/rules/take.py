"""Who gets units of a flash sale: pure, over rows that the caller has locked.

A batch is judged in the order of arrival; each hold that is taken changes the counts for the next.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import TypeAlias
from uuid import UUID

from chengtuan.kernel.problems import Problem
from chengtuan.modules.trade.flash.problems import (
    FlashDeviceLimit,
    FlashLimit,
    FlashSaleEnded,
    FlashSaleNotFound,
    FlashSaleNotStarted,
    FlashSoldOut,
)
from chengtuan.modules.trade.limits import MAX_QUANTITY
from chengtuan.modules.trade.problems import BadQuantity, IdempotencyConflict, SkuNotFound


@dataclass(frozen=True, kw_only=True)
class HoldWish:
    """What somebody wants of a sale. `hold_id` is what it will be, `request_id` the Idempotency-Key.

    `absorbed` are accounts that were united into the person's: all are judged as one person.
    """

    hold_id: UUID
    sale_id: UUID
    sku_id: UUID
    user_id: UUID
    absorbed: frozenset[UUID]
    request_id: UUID
    quantity: int
    address_id: UUID
    device: UUID | None

    @cached_property
    def ids(self) -> frozenset[UUID]:
        return self.absorbed | {self.user_id}

    @cached_property
    def fingerprint(self) -> bytes:
        """Equal for equal wishes: a key used again for something else is a mistake."""
        parts = (self.sale_id, self.sku_id, self.quantity, self.address_id)
        return sha256(json.dumps([str(part) for part in parts]).encode()).digest()


def check_quantity(wish: HoldWish) -> None:
    """Raises BadQuantity."""
    if not 1 <= wish.quantity <= MAX_QUANTITY:
        raise BadQuantity(sku_id=str(wish.sku_id))


@dataclass(frozen=True, slots=True)
class SaleTerms:
    """What a sale is, whoever asks. `skus` are those of its variants that are on the shelf."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    stopped_at: datetime | None
    per_user_limit: int
    per_device: int
    skus: Collection[UUID]

    def check_running(self, now: datetime) -> None:
        """Raises FlashSaleNotStarted, FlashSaleEnded."""
        if self.stopped_at is not None or now >= self.ends_at:
            raise FlashSaleEnded
        if now < self.starts_at:
            raise FlashSaleNotStarted(starts_at=self.starts_at.isoformat())

    def check_limit(self, had: int, quantity: int) -> None:
        """Somebody has had so many units. Raises FlashLimit."""
        if had + quantity > self.per_user_limit:
            raise FlashLimit(limit=self.per_user_limit, had=had)


@dataclass(slots=True)
class SaleSnapshot:
    """Locked rows, and the counts that the rules need. A person is one id, under which all of theirs are counted."""

    now: datetime
    sales: dict[UUID, SaleTerms]
    free: dict[tuple[UUID, UUID], int]
    """Units by (sale, variant)."""
    had: dict[tuple[UUID, UUID], int] = field(default_factory=dict)
    """Units by (sale, person)."""
    on_device: dict[tuple[UUID, UUID], set[UUID]] = field(default_factory=dict)
    """People by (sale, device)."""
    people: dict[UUID, UUID] = field(default_factory=dict)
    """Whom an absorbed id belongs to."""
    earlier: dict[tuple[UUID, UUID], tuple[UUID, bytes]] = field(default_factory=dict)
    """Holds by (user, request): id and request hash."""

    def persons(self, ids: Collection[UUID]) -> set[UUID]:
        """Under which ids the units of a person are counted."""
        return {self.people.get(user_id, user_id) for user_id in ids}

    def apply(self, wish: HoldWish) -> None:
        self.people |= dict.fromkeys(wish.absorbed, wish.user_id)
        person = self.people.get(wish.user_id, wish.user_id)
        self.free[wish.sale_id, wish.sku_id] -= wish.quantity
        self.had[wish.sale_id, person] = self.had.get((wish.sale_id, person), 0) + wish.quantity
        if wish.device is not None:
            self.on_device.setdefault((wish.sale_id, wish.device), set()).add(person)
        self.earlier[wish.user_id, wish.request_id] = (wish.hold_id, wish.fingerprint)


@dataclass(frozen=True, slots=True)
class Taken:
    """The units are theirs."""

    wish: HoldWish


@dataclass(frozen=True, slots=True)
class Repeated:
    """They were taken before, under the same Idempotency-Key."""

    hold_id: UUID


Verdict: TypeAlias = Taken | Repeated | Problem


def take(snapshot: SaleSnapshot, wishes: Sequence[HoldWish]) -> list[Verdict]:
    """One verdict per wish, in order; the snapshot is changed by those that are taken."""
    verdicts: list[Verdict] = []
    for wish in wishes:
        try:
            verdict = _judge(snapshot, wish)
        except Problem as problem:
            verdicts.append(problem)
            continue
        if isinstance(verdict, Taken):
            snapshot.apply(wish)
        verdicts.append(verdict)
    return verdicts


def _judge(snapshot: SaleSnapshot, wish: HoldWish) -> Taken | Repeated:
    if (earlier := repeated(snapshot.earlier, wish)) is not None:
        return earlier
    sale = snapshot.sales.get(wish.sale_id)
    if sale is None:
        raise FlashSaleNotFound
    sale.check_running(snapshot.now)
    free = snapshot.free.get((wish.sale_id, wish.sku_id))
    if free is None or wish.sku_id not in sale.skus:
        raise SkuNotFound(sku_id=str(wish.sku_id))
    persons = snapshot.persons(wish.ids)
    sale.check_limit(sum(snapshot.had.get((sale.id, person), 0) for person in persons), wish.quantity)
    if wish.device is not None:
        others = snapshot.on_device.get((sale.id, wish.device), set()) - persons
        if len(others) >= sale.per_device:
            raise FlashDeviceLimit(limit=sale.per_device)
    if wish.quantity > free:
        raise FlashSoldOut(available=free)
    return Taken(wish)


def repeated(earlier: dict[tuple[UUID, UUID], tuple[UUID, bytes]], wish: HoldWish) -> Repeated | None:
    """The hold of this request, under any of the person's ids. Raises IdempotencyConflict."""
    for user_id in wish.ids:
        if (found := earlier.get((user_id, wish.request_id))) is not None:
            if found[1] != wish.fingerprint:
                raise IdempotencyConflict
            return Repeated(found[0])
    return None
