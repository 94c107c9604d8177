"""A group, its seats, orders and payments, as a model whose transitions are the product's own tables.

Every step is one transaction or one call of the product, so stopping between two steps is a crash there.
The provider is part of the model: it may be paid in time or late, through two channels, tell us late, twice,
or never, in which case we ask.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from chengtuan.modules.payments.facade import PaymentStatus
from chengtuan.modules.payments.rules.payment import PAYMENT_STATES, PaymentAction
from chengtuan.modules.trade.activities.rules.tiers import tier_reached
from chengtuan.modules.trade.paying.rules import PaymentVerdict, judge_payment
from chengtuan.modules.trade.states import (
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
from tests.model.state import State

DEADLINE = datetime(2026, 6, 1, tzinfo=UTC)
IN_TIME, LATE = DEADLINE - timedelta(seconds=1), DEADLINE
PRICE = 9000
Judge = Callable[..., PaymentVerdict]
Moves = Iterator[tuple[str, State]]


@dataclass(frozen=True)
class GroupModel:
    """`judge` decides whether a payment counts; tests replace it, or drop a guard, to see that the checker notices.

    `asks`: payments looks after money that nobody told it of. `give_up`: a group is decided although payments
    are uncertain, once the grace is over.
    """

    judge: Judge = judge_payment
    release_twice: bool = False
    asks: bool = True
    give_up: bool = True

    def moves(self, state: State) -> Moves:
        """Everything that can happen next."""
        for index in range(len(state.actors)):
            yield from self._of_actor(state, index)
        if not state.over and state.group is GroupStatus.OPEN:  # a draft's clock has not started
            yield "deadline", replace(state, over=True)
        if not state.stopped and state.group is not None:
            yield "stop campaign", self._stop(replace(state, stopped=True))
        if state.over and state.group is GroupStatus.OPEN:
            yield from self._close(state)

    def _of_actor(self, state: State, index: int) -> Moves:
        actor = state.actors[index]
        if actor.order is None:
            yield from self._submit(state, index)
            return
        for channel in range(len(actor.pays)):
            yield from self._of_payment(state, index, channel)
        waiting = actor.order is OrderStatus.PENDING_PAYMENT
        if waiting and not actor.shut and all(pay.record is not PaymentStatus.PENDING for pay in actor.pays):
            yield f"the door for {index}'s payments is shut", state.with_actor(index, shut=True)
        if waiting and actor.shut and not _is_paid(state, index):
            yield f"{index}'s hold is released", self._release(state, index)
        if actor.order is OrderStatus.GROUPING and state.group is GroupStatus.OPEN:
            yield f"{index} leaves", self._leave(state, index)

    def _of_payment(self, state: State, index: int, channel: int) -> Moves:
        actor, pay = state.actors[index], state.actors[index].pays[channel]
        name = f"{index}'s payment {channel}"
        may_open = actor.order is OrderStatus.PENDING_PAYMENT and not actor.shut and not _is_paid(state, index)
        if pay.record is PaymentStatus.NONE and may_open:
            yield f"{name} is opened", state.with_pay(index, channel, provider="open", record=PaymentStatus.PENDING)
        if pay.provider == "open":
            yield f"{name} is paid", state.with_pay(index, channel, provider="paid", late=state.over)
            yield f"{name} is closed at the provider", state.with_pay(index, channel, provider="closed")
        if pay.provider == "closed" and PAYMENT_STATES.allows(pay.record, PaymentAction.CLOSE):
            record = PAYMENT_STATES.after(pay.record, PaymentAction.CLOSE)
            yield f"{name} is recorded as closed", state.with_pay(index, channel, record=record)
        if self.asks and pay.provider == "paid" and PAYMENT_STATES.allows(pay.record, PaymentAction.SUCCEED):
            record = PAYMENT_STATES.after(pay.record, PaymentAction.SUCCEED)
            yield f"we hear of {name}", state.with_pay(index, channel, record=record)
        if pay.record is PaymentStatus.PAID and not pay.told:  # a second time the inbox has this event already
            yield f"trade hears of {name}", self._hear(state, index, channel)

    def _submit(self, state: State, index: int) -> Moves:
        taken = {"order": OrderStatus.PENDING_PAYMENT, "seat": SeatStatus.LOCKED}
        if state.group is None and index == 0:
            yield "0 opens", replace(state.with_actor(0, **taken), group=GroupStatus.DRAFT, locked=1)
        joinable = state.group is GroupStatus.OPEN and not state.over and not state.stopped
        if joinable and index > 0 and state.locked < state.seats:
            yield f"{index} joins", replace(state.with_actor(index, **taken), locked=state.locked + 1)

    def _hear(self, state: State, index: int, channel: int) -> State:
        """The event with the money: `confirm_payments` in one transaction."""
        actor = state.actors[index]
        assert actor.order is not None
        verdict = self.judge(
            payment_id=UUID(int=channel + 1),
            amount_fen=PRICE,
            paid_at=LATE if actor.pays[channel].late else IN_TIME,
            order_status=actor.order,
            counted_payment_id=None if actor.counted is None else UUID(int=actor.counted + 1),
            payable_fen=PRICE,
            group_status=state.group,
            deadline=None if state.group is GroupStatus.DRAFT else DEADLINE,
        )
        state = state.with_pay(index, channel, told=True, back=verdict.returns_money)
        if verdict.returns_money:
            return self._release(state, index)
        state = state.with_actor(
            index,
            order=ORDER.after(actor.order, OrderAction.PAY_GROUP),
            seat=SEAT.after(actor.seat or SeatStatus.RELEASED, SeatAction.PAY),
            counted=channel,
        )
        state = replace(state, paid=state.paid + 1)
        if state.group is GroupStatus.DRAFT:
            state = replace(state, group=GROUP.after(state.group, GroupAction.OPEN))
        return self._form(state) if state.paid >= state.seats else state

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
        """Everything goes back; the initiative passes on, or the group fails with its last member."""
        actor = state.actors[index]
        assert actor.seat is not None
        state = self._call_off(state, index).with_actor(index, seat=SEAT.after(actor.seat, SeatAction.LEAVE))
        state = replace(state, locked=state.locked - 1, paid=state.paid - 1)
        if not state.paid:
            return self._fail(state)
        heirs = [i for i, other in enumerate(state.actors) if other.order is OrderStatus.GROUPING]
        return replace(state, initiator=heirs[0]) if state.initiator == index else state

    def _close(self, state: State) -> Moves:
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
                ready = ORDER.after(actor.order, OrderAction.FORM)
                state = state.with_actor(index, order=ready, perk=index == state.initiator)
        return state

    def _fail(self, state: State) -> State:
        assert state.group is not None
        state = replace(state, group=GROUP.after(state.group, GroupAction.FAIL))
        for index, actor in enumerate(state.actors):
            if actor.order is OrderStatus.GROUPING:
                state = self._call_off(state, index)
        return state

    def _call_off(self, state: State, index: int) -> State:
        actor = state.actors[index]
        assert actor.order is not None
        assert actor.counted is not None
        state = state.with_pay(index, actor.counted, back=True)
        return state.with_actor(index, order=ORDER.after(actor.order, OrderAction.CALL_OFF))


def _is_paid(state: State, index: int) -> bool:
    """As far as payments knows."""
    return any(pay.record is PaymentStatus.PAID for pay in state.actors[index].pays)
