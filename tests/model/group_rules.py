"""What rules 1-3 and 6 forbid: in any state at any moment, and in a state in which nothing is left to happen."""

from chengtuan.modules.payments.facade import PaymentStatus
from chengtuan.modules.trade.activities.rules.tiers import tier_reached
from chengtuan.modules.trade.states import GroupStatus, OrderStatus, SeatStatus
from tests.model.state import Actor, State

_HAS_GOODS = (OrderStatus.GROUPING, OrderStatus.TO_SHIP)


def wrong(state: State) -> str | None:
    """The first rule that is broken in this state."""
    seats = [actor.seat for actor in state.actors]
    locked = sum(seat in (SeatStatus.LOCKED, SeatStatus.PAID) for seat in seats)
    if not 0 <= state.paid <= state.locked <= state.seats:
        return f"seats: paid {state.paid}, locked {state.locked}, of {state.seats}"
    if state.locked != locked or state.paid != seats.count(SeatStatus.PAID):
        return "the counters are not what the seats say"
    for index, actor in enumerate(state.actors):
        if problem := _wrong_with(actor, state.group):
            return f"{index}: {problem}"
    return _wrong_when_formed(state)


def stuck(state: State) -> str | None:
    """Nothing can happen any more, and somebody still waits for something."""
    if state.group in (GroupStatus.DRAFT, GroupStatus.OPEN):
        return "the group waits for ever"
    for index, actor in enumerate(state.actors):
        if actor.order in (OrderStatus.PENDING_PAYMENT, OrderStatus.GROUPING):
            return f"{index}: the order waits for ever"
        if any(pay.provider == "paid" and not pay.told for pay in actor.pays):
            return f"{index}: money that nobody ever heard of"
    return None


def _wrong_when_formed(state: State) -> str | None:
    formed = [actor for actor in state.actors if actor.order is OrderStatus.TO_SHIP]
    if formed and tier_reached(state.people, len(formed)) is None:
        return "a group formed below its first tier"
    perks = [index for index, actor in enumerate(state.actors) if actor.perk]
    if perks != ([state.initiator] if formed else []):
        return f"perks went to {perks}, the initiator is {state.initiator}"
    return None


def _wrong_with(actor: Actor, group: GroupStatus | None) -> str | None:
    for channel in range(len(actor.pays)):
        if problem := _wrong_with_payment(actor, channel):
            return problem
    if actor.order is OrderStatus.TO_SHIP and group is not GroupStatus.SUCCEEDED:
        return "an order is ready although its group did not form"
    if actor.order is OrderStatus.GROUPING and group is not GroupStatus.OPEN:
        return "an order waits for a group that has ended"
    return None


def _wrong_with_payment(actor: Actor, channel: int) -> str | None:
    pay = actor.pays[channel]
    buys = actor.counted == channel and actor.order in _HAS_GOODS and actor.seat is SeatStatus.PAID
    if pay.told and buys == pay.back:
        return "paid, with neither a seat nor a refund, or with both"
    if pay.back and not pay.told:
        return "a refund without a payment"
    if actor.counted == channel and pay.late:
        return "a payment after the deadline counted"
    if pay.record is PaymentStatus.PAID and pay.provider != "paid":
        return "we booked money that the provider does not have"
    return None
