"""A group, its seats, orders and payments, as a model whose transitions are the product's own tables.

Every step is one transaction or one call of the product, so stopping between two steps is a crash there.
The provider is part of the model: it may be paid in time or late, tell us late, twice, or be asked.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from chengtuan.modules.trade.domain.payment import PaymentVerdict, judge_payment
from chengtuan.modules.trade.domain.states import (
    GROUP,
    ORDER,
    SEAT,
    GroupAction,
    GroupStatus,
    OrderAction,
    OrderStatus,
    SeatAction,
    SeatStatus,
)
from chengtuan.modules.trade.domain.tiers import tier_reached

DEADLINE = datetime(2026, 6, 1, tzinfo=UTC)
IN_TIME, LATE = DEADLINE - timedelta(seconds=1), DEADLINE
PRICE = 9000
Judge = Callable[..., PaymentVerdict]


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody and their one order. `provider`: none, open, paid, closed; `heard`: we know of the payment."""

    order: OrderStatus | None = None
    seat: SeatStatus | None = None
    provider: str = "none"
    paid_late: bool = False
    heard: bool = False
    counted: bool = False
    refund: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """`over`: the deadline has passed. `people` are the tiers' sizes."""

    people: tuple[int, ...]
    actors: tuple[Actor, ...]
    group: GroupStatus | None = None
    locked: int = 0
    paid: int = 0
    over: bool = False
    stopped: bool = False

    @property
    def size(self) -> int:
        return self.people[-1]

    def with_actor(self, index: int, **changes: object) -> "State":
        changed = replace(self.actors[index], **changes)  # type: ignore[arg-type]  # names are checked at run time
        return replace(self, actors=(*self.actors[:index], changed, *self.actors[index + 1 :]))


@dataclass(frozen=True)
class GroupModel:
    """`judge` decides whether a payment counts; tests replace it to see that the checker notices."""

    judge: Judge = judge_payment
    release_twice: bool = False
    give_up: bool = True

    def moves(self, state: State) -> Iterator[tuple[str, State]]:
        """Everything that can happen next."""
        for index in range(len(state.actors)):
            yield from self._of_actor(state, index)
        if not state.over and state.group is GroupStatus.OPEN:  # a draft's clock has not started
            yield "deadline", replace(state, over=True)
        if not state.stopped and state.group is not None:
            yield "stop campaign", self._stop(replace(state, stopped=True))
        if state.over and state.group is GroupStatus.OPEN:
            yield from self._close(state)

    def _of_actor(self, state: State, index: int) -> Iterator[tuple[str, State]]:
        actor = state.actors[index]
        if actor.order is None:
            yield from self._submit(state, index)
            return
        if actor.order is OrderStatus.PENDING_PAYMENT and actor.provider == "none":
            yield f"{index} goes to pay", state.with_actor(index, provider="open")
        if actor.provider == "open":
            yield f"{index} pays", state.with_actor(index, provider="paid", paid_late=state.over)
        if actor.provider == "paid":
            yield f"we hear of {index}'s payment", self._hear(state, index)
        if actor.order is OrderStatus.PENDING_PAYMENT and actor.provider in ("none", "open"):
            yield f"{index}'s payment is closed", state.with_actor(index, provider="closed")
        if actor.provider == "closed":
            yield f"{index}'s hold is released", self._release(state, index)
        if actor.order is OrderStatus.GROUPING and state.group is GroupStatus.OPEN:
            yield f"{index} leaves", self._leave(state, index)

    def _submit(self, state: State, index: int) -> Iterator[tuple[str, State]]:
        taken = {"order": OrderStatus.PENDING_PAYMENT, "seat": SeatStatus.LOCKED}
        if state.group is None and index == 0:
            yield "0 opens", replace(state.with_actor(0, **taken), group=GroupStatus.DRAFT, locked=1)
        joinable = state.group is GroupStatus.OPEN and not state.over and not state.stopped
        if joinable and index > 0 and state.locked < state.size:
            yield f"{index} joins", replace(state.with_actor(index, **taken), locked=state.locked + 1)

    def _hear(self, state: State, index: int) -> State:
        """The event with the money: `confirm_payments` in one transaction. Hearing it twice changes nothing."""
        actor = state.actors[index]
        assert actor.order is not None
        verdict = self.judge(
            payment_id=UUID(int=index + 1),
            amount_fen=PRICE,
            paid_at=LATE if actor.paid_late else IN_TIME,
            order_status=actor.order,
            order_payment_id=UUID(int=index + 1) if actor.heard and actor.counted else None,
            payable_fen=PRICE,
            group_status=state.group,
            deadline=None if state.group is GroupStatus.DRAFT else DEADLINE,
        )
        if actor.heard:  # the inbox has this event already
            return state
        state = state.with_actor(index, heard=True)
        if verdict.returns_money:
            return self._release(state.with_actor(index, refund=True), index)
        state = state.with_actor(
            index,
            order=ORDER.after(actor.order, OrderAction.PAY_GROUP),
            seat=SEAT.after(actor.seat or SeatStatus.RELEASED, SeatAction.PAY),
            counted=True,
        )
        state = replace(state, paid=state.paid + 1)
        if state.group is GroupStatus.DRAFT:
            state = replace(state, group=GROUP.after(state.group, GroupAction.OPEN))
        return self._form(state) if state.paid >= state.size else state

    def _release(self, state: State, index: int) -> State:
        """An unpaid order gives back its seat, once."""
        actor = state.actors[index]
        if not self.release_twice and (actor.order is None or not ORDER.allows(actor.order, OrderAction.CANCEL)):
            return state
        seat = SEAT.target(SeatAction.RELEASE)
        state = state.with_actor(index, order=ORDER.target(OrderAction.CANCEL), seat=seat)
        state = replace(state, locked=state.locked - 1)
        return self._fail(state) if state.group is GroupStatus.DRAFT else state

    def _leave(self, state: State, index: int) -> State:
        actor = state.actors[index]
        assert actor.order is not None
        assert actor.seat is not None
        state = state.with_actor(
            index,
            order=ORDER.after(actor.order, OrderAction.CALL_OFF),
            seat=SEAT.after(actor.seat, SeatAction.LEAVE),
            refund=True,
        )
        state = replace(state, locked=state.locked - 1, paid=state.paid - 1)
        return state if state.paid else self._fail(state)

    def _close(self, state: State) -> Iterator[tuple[str, State]]:
        """At the deadline: decide once no seat is under payment, or when the grace is over."""
        held = [index for index, actor in enumerate(state.actors) if actor.seat is SeatStatus.LOCKED]
        if not held or self.give_up:
            for index in held:
                state = self._release(state, index)
            yield "the group is decided", self._decide(state)

    def _decide(self, state: State) -> State:
        return self._form(state) if tier_reached(state.people, state.paid) is not None else self._fail(state)

    def _stop(self, state: State) -> State:
        return self._fail(state) if state.group and GROUP.allows(state.group, GroupAction.FAIL) else state

    def _form(self, state: State) -> State:
        assert state.group is not None
        state = replace(state, group=GROUP.after(state.group, GroupAction.FORM))
        for index, actor in enumerate(state.actors):
            if actor.order is OrderStatus.GROUPING:
                state = state.with_actor(index, order=ORDER.after(actor.order, OrderAction.FORM))
        return state

    def _fail(self, state: State) -> State:
        assert state.group is not None
        state = replace(state, group=GROUP.after(state.group, GroupAction.FAIL))
        for index, actor in enumerate(state.actors):
            if actor.order is OrderStatus.GROUPING:
                order = ORDER.after(actor.order, OrderAction.CALL_OFF)
                state = state.with_actor(index, order=order, refund=True)
        return state


def wrong(state: State) -> str | None:
    """What rules 1-3 forbid in any state, at any moment."""
    seats = [actor.seat for actor in state.actors]
    locked = sum(seat in (SeatStatus.LOCKED, SeatStatus.PAID) for seat in seats)
    if not 0 <= state.paid <= state.locked <= state.size:
        return f"seats: paid {state.paid}, locked {state.locked}, size {state.size}"
    if state.locked != locked or state.paid != seats.count(SeatStatus.PAID):
        return "the counters are not what the seats say"
    for index, actor in enumerate(state.actors):
        if problem := _wrong_with(actor, state.group):
            return f"{index}: {problem}"
    formed = [actor for actor in state.actors if actor.order is OrderStatus.TO_SHIP]
    if formed and tier_reached(state.people, len(formed)) is None:
        return "a group formed below its first tier"
    return None


def _wrong_with(actor: Actor, group: GroupStatus | None) -> str | None:
    if actor.heard:
        has_goods = actor.order in (OrderStatus.GROUPING, OrderStatus.TO_SHIP) and actor.seat is SeatStatus.PAID
        if has_goods == actor.refund:
            return "paid, with neither a seat nor a refund, or with both"
    if actor.refund and not actor.heard:
        return "a refund without a payment"
    if actor.counted and actor.paid_late:
        return "a payment after the deadline counted"
    if actor.order is OrderStatus.TO_SHIP and group is not GroupStatus.SUCCEEDED:
        return "an order is ready although its group did not form"
    if actor.order is OrderStatus.GROUPING and group is not GroupStatus.OPEN:
        return "an order waits for a group that has ended"
    return None
