"""What the model keeps in mind: a group, and people with their one order, seat and payments."""

from dataclasses import dataclass, replace

from chengtuan.modules.payments.facade import PaymentStatus
from chengtuan.modules.trade.states import GroupStatus, OrderStatus, SeatStatus


@dataclass(frozen=True, slots=True)
class Pay:
    """A payment through one channel.

    `provider` is how it stands there: none, open, paid, closed; `record` is what payments knows of it;
    `told` whether trade has been told that it is paid; `back` whether its money was sent back.
    """

    provider: str = "none"
    late: bool = False
    record: PaymentStatus = PaymentStatus.NONE
    told: bool = False
    back: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody and their one order. `shut`: no payment can be opened any more; `counted` is the payment that bought."""

    pays: tuple[Pay, ...] = (Pay(),)
    order: OrderStatus | None = None
    seat: SeatStatus | None = None
    shut: bool = False
    counted: int | None = None
    perk: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """`over`: the deadline has passed. `people` are the tiers' sizes, `seats` as many as may be in the group."""

    people: tuple[int, ...]
    seats: int
    actors: tuple[Actor, ...]
    group: GroupStatus | None = None
    initiator: int = 0
    locked: int = 0
    paid: int = 0
    over: bool = False
    stopped: bool = False

    def with_actor(self, index: int, **changes: object) -> "State":
        changed = replace(self.actors[index], **changes)  # type: ignore[arg-type]  # names are checked at run time
        return replace(self, actors=(*self.actors[:index], changed, *self.actors[index + 1 :]))

    def with_pay(self, index: int, channel: int, **changes: object) -> "State":
        pays = self.actors[index].pays
        changed = replace(pays[channel], **changes)  # type: ignore[arg-type]  # as above
        return self.with_actor(index, pays=(*pays[:channel], changed, *pays[channel + 1 :]))


def start(people: tuple[int, ...], actors: int, *, overflow: int = 0, two_channels: int = 0) -> State:
    """Nobody has done anything. The first `two_channels` of those who join may pay through two channels."""
    crowd = [Actor(pays=(Pay(), Pay())) if 0 < index <= two_channels else Actor() for index in range(actors)]
    return State(people=people, seats=people[-1] + overflow, actors=tuple(crowd))
