"""The rows that an admission is judged by, as they were locked, and as each taken wish changes them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from chengtuan.kernel.money import Fen
from chengtuan.modules.trade.activities.rules.eligibility import Eligibility
from chengtuan.modules.trade.activities.rules.terms import Terms
from chengtuan.modules.trade.admission.rules.wish import Mode, Taken, Wish
from chengtuan.modules.trade.limits import MAX_QUANTITY
from chengtuan.modules.trade.pricing.rules.freight import Carried
from chengtuan.modules.trade.states import HoldStatus


@dataclass(slots=True)
class SkuState:
    """An item on sale with its stock: `available` of `on_hand` units are free."""

    sku_id: UUID
    product_id: UUID
    merchant_id: UUID
    solo_price_fen: Fen
    on_sale: bool
    available: int
    on_hand: int


@dataclass(frozen=True, slots=True)
class SkuText:
    """What an order copies from the shelf."""

    sku_id: UUID
    product_id: UUID
    merchant_id: UUID
    merchant_name: dict[str, str]
    product_name: dict[str, str]
    sku_name: dict[str, str]
    image_url: str
    solo_price_fen: Fen
    on_sale: bool


@dataclass(slots=True)
class ActivityState:
    """An activity with its terms, and what is taken of its cap."""

    id: UUID
    product_id: UUID
    starts_at: datetime
    ends_at: datetime
    stopped_at: datetime | None
    cap: int | None
    taken: int
    per_user_limit: int | None
    eligibility: Eligibility
    terms: Terms

    def running(self, now: datetime) -> bool:
        return self.stopped_at is None and self.starts_at <= now < self.ends_at

    @property
    def left(self) -> int | None:
        """Units left under the cap; None without one."""
        return None if self.cap is None else self.cap - self.taken


@dataclass(slots=True)
class GroupState:
    """A group with who may join it, and what its members see of it: nothing is judged by that, from `paid` on."""

    id: UUID
    activity_id: UUID
    initiator_id: UUID
    status: str
    seats: int
    locked: int
    deadline: datetime | None
    eligibility: Eligibility
    paid: int
    goal: str
    missing: int
    size: int


@dataclass(slots=True)
class HoldState:
    """Units that somebody holds in a flash sale."""

    id: UUID
    sku_id: UUID
    quantity: int
    status: str


@dataclass(slots=True)
class BuyerState:
    """A buyer's orders so far. `merchants` are those where one is unpaid, paid or delivered.

    `left` are paid seats given up in the last day, `given_up` unpaid orders cancelled or expired in the last hour.
    """

    unpaid: int = 0
    left: int = 0
    given_up: int = 0
    merchants: set[UUID] = field(default_factory=set)


@dataclass(slots=True)
class Snapshot:
    """Locked rows and the counts that the rules need."""

    now: datetime
    skus: dict[UUID, SkuState]
    activities: dict[UUID, ActivityState] = field(default_factory=dict)
    groups: dict[UUID, GroupState] = field(default_factory=dict)
    holds: dict[UUID, HoldState] = field(default_factory=dict)
    """Of which orders are made."""
    tier_prices: Mapping[tuple[UUID, UUID], Sequence[Fen]] = field(default_factory=dict)
    """Prices by (activity, SKU), one a tier."""
    seated: set[tuple[UUID, UUID]] = field(default_factory=set)
    """(group, user) with an active seat."""
    bought: dict[tuple[UUID, UUID], int] = field(default_factory=dict)
    """Units by (activity, user), paid or pending."""
    buyers: dict[UUID, BuyerState] = field(default_factory=dict)
    granted: dict[tuple[UUID, UUID], tuple[UUID, bytes]] = field(default_factory=dict)
    """Earlier orders by (user, request): order id and request hash."""
    united: set[tuple[UUID, UUID]] = field(default_factory=set)
    """(absorbed, user): ids over which orders were judged as one person's."""
    carried: Mapping[UUID, Carried] = field(default_factory=dict)
    """By which template a variant is sent; those that are not here are sent free."""
    texts: dict[UUID, SkuText] = field(default_factory=dict)
    """What orders copy from the shelf; nothing is judged by it."""
    carted: dict[tuple[UUID, UUID], int] = field(default_factory=dict)
    """Units by (user, SKU) in the carts that orders are made from."""

    def eligibility(self, wish: Wish) -> Eligibility:
        """Who may take part in what the wish is about: in a group by its own terms."""
        group = self.groups.get(wish.group_id) if wish.group_id else None
        place = group or (self.activities.get(wish.activity_id) if wish.activity_id else None)
        return place.eligibility if place else Eligibility()

    def buyer(self, ids: Collection[UUID]) -> BuyerState:
        """What one person did under all of their ids."""
        states = [state for user_id in ids if (state := self.buyers.get(user_id))]
        return BuyerState(
            unpaid=sum(state.unpaid for state in states),
            left=sum(state.left for state in states),
            given_up=sum(state.given_up for state in states),
            merchants={merchant for state in states for merchant in state.merchants},
        )

    def bought_by(self, ids: Collection[UUID], activity_id: UUID) -> int:
        """Units in an activity, paid or pending."""
        return sum(self.bought.get((activity_id, user_id), 0) for user_id in ids)

    def is_seated(self, ids: Collection[UUID], group_id: UUID) -> bool:
        return any((group_id, user_id) in self.seated for user_id in ids)

    def in_cart(self, ids: Collection[UUID], sku_id: UUID) -> int:
        """Units in the cart of a person, who has one cart under all of their ids."""
        return min(sum(self.carted.get((user_id, sku_id), 0) for user_id in ids), MAX_QUANTITY)

    def granted_to(self, ids: Collection[UUID], request_id: UUID) -> tuple[UUID, bytes] | None:
        """The order that was made for an Idempotency-Key, under any of the ids."""
        return next((self.granted[key] for user_id in ids if (key := (user_id, request_id)) in self.granted), None)

    def knows_more_of(self, ids: Collection[UUID]) -> bool:
        """Whether somebody of these ids is known to be the same person as somebody else."""
        return any((absorbed in ids) != (user_id in ids) for absorbed, user_id in self.united)

    def apply(self, taken: Taken) -> None:
        """The next wish of the batch is judged as if this one were stored."""
        wish = taken.wish
        if wish.hold_id is not None:
            self.holds[wish.hold_id].status = HoldStatus.ORDERED
        else:
            for line in wish.lines:
                self.skus[line.sku_id].available -= line.quantity
        if wish.from_cart:
            self._take_from_cart(wish)
        buyer = self.buyers.setdefault(wish.user_id, BuyerState())
        buyer.unpaid += 1
        buyer.merchants.add(taken.merchant_id)
        self.granted[wish.user_id, wish.request_id] = (wish.order_id, wish.request_hash)
        self.united |= {(absorbed, wish.user_id) for absorbed in wish.absorbed}
        if taken.activity_id is None:
            return
        self.activities[taken.activity_id].taken += taken.quantity
        key = (taken.activity_id, wish.user_id)
        self.bought[key] = self.bought.get(key, 0) + taken.quantity
        if taken.group_id is None:
            return
        self.seated.add((taken.group_id, wish.user_id))
        if wish.mode is Mode.JOIN:
            self.groups[taken.group_id].locked += 1

    def _take_from_cart(self, wish: Wish) -> None:
        for line in wish.lines:
            rest = self.in_cart(wish.buyer_ids, line.sku_id) - line.quantity
            self.carted |= {(user_id, line.sku_id): 0 for user_id in wish.buyer_ids}
            self.carted[wish.user_id, line.sku_id] = rest
