"""Everybody wants the same in one second: who is let in when, and that what they are told is what happens."""

import asyncio
from bisect import bisect_left
from collections import Counter
from datetime import datetime, timedelta
from itertools import count, pairwise
from random import Random
from statistics import mean
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from chengtuan.kernel.problems import Overloaded, Problem
from chengtuan.modules.trade.flash.problems import (
    FlashSaleEnded,
    FlashSaleNotFound,
    FlashSaleNotStarted,
    TicketEarly,
    TicketInvalid,
)
from chengtuan.modules.trade.flash.rows.turns import KeptTurn, NewTurn, keep_turns
from chengtuan.modules.trade.flash.rules.take import HoldWish, SaleTerms
from chengtuan.modules.trade.flash.rules.tickets import DRAWN_WITHIN, GOOD_FOR, HARDEST_BITS, lot_of
from chengtuan.modules.trade.flash.usecases import give_ticket
from chengtuan.modules.trade.flash.usecases.check_ticket import Shown, check_ticket
from chengtuan.modules.trade.flash.usecases.count_draws import Turnstile
from chengtuan.modules.trade.flash.usecases.forget_what_is_over import forget_turns
from chengtuan.modules.trade.flash.usecases.give_ticket import Ask, GivenTicket, give_tickets, lane_of_asks
from chengtuan.modules.trade.settings import TradeSettings
from chengtuan.platform.combiner import MAX_BATCH
from tests.conftest import NOON
from tests.support.flash import CONSOLE, flash_sale
from tests.support.shop import Shop
from tests.support.turnstile import GAP, PACE, ask, given, ticket, turnstile_of
from tests.support.work import nonce_for
from tests.support.world import World

pytestmark = pytest.mark.feature("F49")
SECOND = timedelta(seconds=1)


def most_in_a_second(times: list[datetime]) -> int:
    times = sorted(times)
    return max(bisect_left(times, begin + SECOND) - n for n, begin in enumerate(times))


async def stampede(world: World, sale_id: str, people: int, processes: int = 2) -> list[list[GivenTicket]]:
    """All ask at the same moment; their tickets by process, in the order in which they asked there."""
    lanes = [lane_of_asks(turnstile_of(world)) for _ in range(processes)]
    asked = [lane.submit(ask(sale_id)) for _ in range(people // processes) for lane in lanes]
    answers = await asyncio.gather(*asked)
    return [answers[n::processes] for n in range(processes)]


async def test_nobody_notices_where_nobody_waits(shop: Shop) -> None:
    sale_id, turnstile = await flash_sale(shop), turnstile_of(shop.world)
    for _ in range(3):
        one = await ticket(turnstile, ask(sale_id))
        assert (one.place, one.wait, one.bits, one.admitted_at) == (0, timedelta(), 0, shop.world.clock.now())
        shop.world.clock.advance(GAP)


async def test_thousands_at_once_are_let_in_one_by_one_in_order(shop: Shop) -> None:
    sale_id, now = await flash_sale(shop), shop.world.clock.now()
    first, second = await stampede(shop.world, sale_id, 2000)
    together = sorted(first + second, key=lambda one: one.admitted_at)
    assert [one.admitted_at for one in together] == [now + n * GAP for n in range(2000)], "each has a turn of its own"
    assert [one.place for one in together] == list(range(2000))
    for of_one_process in (first, second):
        assert all(sooner.admitted_at < later.admitted_at for sooner, later in pairwise(of_one_process))
    assert most_in_a_second([one.admitted_at for one in together]) == PACE


async def test_control_without_the_pace_all_are_let_in_at_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    sale_id = await flash_sale(shop)

    def alone(turnstile: Turnstile, _: UUID) -> Any:
        return _pace(turnstile, uuid4())

    _pace = Turnstile.pace
    monkeypatch.setattr(Turnstile, "pace", alone)
    first, second = await stampede(shop.world, sale_id, 400)
    assert most_in_a_second([one.admitted_at for one in first + second]) > PACE


async def test_a_crowd_takes_few_transactions_and_nothing_of_it_is_kept(shop: Shop) -> None:
    sale_id, turnstile = await flash_sale(shop), turnstile_of(shop.world)
    batches: list[int] = []
    inner = turnstile.ctx.database.write

    def counted(**options: Any) -> Any:
        batches.append(1)
        return inner(**options)

    turnstile.ctx.database.write = counted  # type: ignore[method-assign]
    try:
        lane = lane_of_asks(turnstile)
        await asyncio.gather(*(lane.submit(ask(sale_id)) for _ in range(3000)))
    finally:
        del turnstile.ctx.database.write
    assert len(batches) <= 2 + 3000 / MAX_BATCH
    assert len(turnstile._drawn) == 1, "a sale, and nobody who waits for it"


async def test_a_process_has_only_so_many_wait_for_their_answer(shop: Shop) -> None:
    sale_id, lane = await flash_sale(shop), lane_of_asks(turnstile_of(shop.world))
    answers = await asyncio.gather(*(lane.submit(ask(sale_id)) for _ in range(5500)), return_exceptions=True)
    assert Counter(type(answer) for answer in answers) == {GivenTicket: 5000, Overloaded: 500}
    assert {type(answer) for answer in answers[:5000]} == {GivenTicket}, "who came first is not the one to go"


async def enter(turnstile: Turnstile, one: Ask, told: GivenTicket, starts_at: datetime = NOON) -> None:
    """At whatever process, with the work done, and under an account that was united with another meanwhile."""
    sale = SaleTerms(one.bearer.sale_id, starts_at, starts_at + timedelta(hours=1), None, 1, 1, ())
    wish = HoldWish(
        hold_id=uuid4(), sale_id=sale.id, sku_id=uuid4(), user_id=uuid4(), absorbed=frozenset({one.bearer.user_id}),
        request_id=one.bearer.request_id, quantity=1, address_id=uuid4(), device=None,
    )  # fmt: skip
    await check_ticket(turnstile, Shown(told.text, nonce_for(told.text, told.bits)), wish, sale)


async def test_what_is_told_is_what_happens(shop: Shop) -> None:
    """Whoever comes sooner than told is refused, by any process, and who comes then is let in."""
    sale_id, clock = await flash_sale(shop), shop.world.clock
    turnstile, other = turnstile_of(shop.world), turnstile_of(shop.world)
    asks = [ask(sale_id) for _ in range(250)]
    for one, told in list(zip(asks, await given(turnstile, asks), strict=True))[1::40]:
        clock.move_to(NOON + told.wait - timedelta(microseconds=1))
        with pytest.raises(TicketEarly, check=lambda early: early.extension == {"wait_s": 0.001, "retry_after_s": 1}):
            await enter(other, one, told)
        clock.move_to(NOON + told.wait)
        await enter(other, one, told)
        clock.move_to(NOON + told.wait + GOOD_FOR)
        with pytest.raises(TicketInvalid):
            await enter(turnstile, one, told)


async def test_at_any_process_who_has_a_ticket_is_let_in_before_who_asks_then(shop: Shop) -> None:
    """People come by and by, while others are being answered: no two processes tell one moment otherwise."""
    sale_id, chance, ticks = await flash_sale(shop), Random(7), count()
    lanes = [lane_of_asks(turnstile_of(shop.world)) for _ in range(3)]

    async def come(n: int) -> tuple[int, int, datetime]:
        for _ in range(n // 4):
            await asyncio.sleep(0)
        asked = next(ticks)
        told = await chance.choice(lanes).submit(ask(sale_id))
        return asked, next(ticks), told.admitted_at

    came = await asyncio.gather(*map(come, range(600)))
    assert all(turn < other_turn for _, told, turn in came for other_asked, _, other_turn in came if told < other_asked)
    assert sum(told < other_asked for _, told, _ in came for other_asked, _, _ in came) > 1000, "not all at one moment"


async def test_in_a_running_sale_who_came_sooner_is_let_in_sooner(shop: Shop) -> None:
    """People come in waves, faster than they are let in, to one process or the other."""
    sale_id, turnstiles = await flash_sale(shop), [turnstile_of(shop.world) for _ in range(2)]
    turns: list[datetime] = []
    for wave in range(20):
        turns += [
            told.admitted_at for told in await given(turnstiles[wave % 2], [ask(sale_id) for _ in range(PACE // 5)])
        ]
        shop.world.clock.advance(SECOND / 10)
    assert turns == sorted(turns)
    assert len(set(turns)) == len(turns)
    assert turns[-1] > shop.world.clock.now() + SECOND, "there was a queue"


async def test_asking_again_or_with_many_keys_gains_nothing(shop: Shop) -> None:
    sale_id, clock, person = await flash_sale(shop), shop.world.clock, uuid4()
    turnstiles = [turnstile_of(shop.world) for _ in range(2)]
    await given(turnstiles[0], [ask(sale_id) for _ in range(5 * PACE)])
    key = uuid4()
    first = await ticket(turnstiles[0], ask(sale_id, person, key=key))
    assert (first.wait, first.bits) == (5 * SECOND, 14)
    lanes = [lane_of_asks(turnstile) for turnstile in turnstiles]
    again = await asyncio.gather(*(lane.submit(ask(sale_id, person)) for lane in lanes for _ in range(100)))
    assert {(told.admitted_at, told.bits) for told in again} == {(first.admitted_at, first.bits)}
    assert len({told.text for told in again}) == 200, "each is good for its own key alone"
    assert (await ticket(turnstiles[1], ask(sale_id))).wait == 5 * SECOND + GAP, "and nobody else waits longer for it"
    clock.advance(4.5 * SECOND)
    later = await ticket(turnstiles[1], ask(sale_id, person, key=key))
    assert later.text == first.text
    assert (later.wait, later.bits) == (SECOND / 2, 14), "waiting makes the work no easier"


async def test_control_with_a_turn_for_each_key_one_person_holds_up_everybody(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale_id, turnstile, person = await flash_sale(shop), turnstile_of(shop.world), uuid4()
    monkeypatch.setattr(Ask, "waiting", property(lambda one: (one.bearer.sale_id, one.bearer.request_id)))
    await given(turnstile, [ask(sale_id, person) for _ in range(100)])
    assert (await ticket(turnstile, ask(sale_id))).wait == SECOND


async def test_many_processes_at_once_give_a_person_one_turn(shop: Shop) -> None:
    sale_id, person = await flash_sale(shop), uuid4()
    lanes = [lane_of_asks(turnstile_of(shop.world)) for _ in range(4)]
    told = await asyncio.gather(*(lane.submit(ask(sale_id, person)) for lane in lanes for _ in range(50)))
    assert len({one.admitted_at for one in told}) == 1


@pytest.mark.parametrize(("instead_of", "wins"), [(None, False), (NOON - SECOND, False), (NOON, True)])
async def test_a_turn_is_replaced_by_who_saw_it_alone(shop: Shop, instead_of: datetime | None, *, wins: bool) -> None:
    """The guard behind one turn a person: another process may have kept one since this one looked."""
    sale_id, person = uuid4(), uuid4()
    kept = KeptTurn(sale_id, person, NOON, NOON + SECOND, 3)
    mine = KeptTurn(sale_id, person, NOON + SECOND, None, 5)
    other = KeptTurn(sale_id, uuid4(), NOON, None, 0)
    async with turnstile_of(shop.world).ctx.database.write() as tx:
        assert await keep_turns(tx, [NewTurn(kept, None)]) == {kept.whose: kept}
        found = await keep_turns(tx, [NewTurn(mine, instead_of), NewTurn(other, None)])
    assert found == {mine.whose: mine if wins else kept, other.whose: other}


async def test_who_lets_their_turn_pass_goes_to_the_end(shop: Shop) -> None:
    sale_id, clock, turnstile, person = await flash_sale(shop), shop.world.clock, turnstile_of(shop.world), uuid4()
    first = await ticket(turnstile, ask(sale_id, person))
    clock.advance(GOOD_FOR - timedelta(microseconds=1))
    assert (await ticket(turnstile, ask(sale_id, person))).admitted_at == first.admitted_at
    await given(turnstile, [ask(sale_id) for _ in range(PACE)])
    clock.advance(timedelta(microseconds=1))
    assert (await ticket(turnstile, ask(sale_id, person))).place == PACE


async def drawn(shop: Shop, people: int) -> tuple[str, list[Turnstile], list[Ask], list[GivenTicket]]:
    """A sale in five minutes, for which so many ask over three of them, at two processes."""
    sale_id = await flash_sale(shop, in_s=300)
    turnstiles, asks, told = [turnstile_of(shop.world) for _ in range(2)], [ask(sale_id) for _ in range(people)], []
    for n in range(10):
        told += await given(turnstiles[n % 2], asks[n * people // 10 : (n + 1) * people // 10])
        shop.world.clock.advance(timedelta(seconds=20))
    assert all(one.drawn for one in told)
    return sale_id, turnstiles, asks, told


async def test_before_the_start_everybody_is_drawn_and_early_gains_nothing(shop: Shop) -> None:
    sale_id, turnstiles, asks, early = await drawn(shop, 1000)
    shop.world.clock.move_to(NOON + timedelta(minutes=5))
    told = await given(turnstiles[0], asks)
    starts_at = shop.world.clock.now()
    waits = [one.wait for one in told]
    assert min(waits) < 20 * GAP
    assert 980 * GAP <= max(waits) < 1000 * GAP, "those drawn fill so many gaps"
    assert most_in_a_second([one.admitted_at for one in told]) < 1.5 * PACE
    for tenth in range(10):
        mine = waits[tenth * 100 : (tenth + 1) * 100]
        assert 0.35 < mean(wait / (1000 * GAP) for wait in mine) < 0.65, "whenever they asked"
    assert {one.bits for one in early} == {HARDEST_BITS}, "they have minutes for it"
    late = await ticket(turnstiles[1], ask(sale_id))
    assert (late.drawn, late.admitted_at) == (False, starts_at + 1000 * GAP), "behind all of them"
    elsewhere = await given(turnstile_of(shop.world), asks)
    assert [one.text for one in elsewhere] == [one.text for one in told] == [one.text for one in early]
    assert [one.admitted_at for one in elsewhere] == [one.admitted_at for one in told]


async def test_a_lot_is_a_persons_own_however_often_they_ask(shop: Shop) -> None:
    sale_id, turnstiles, asks, _ = await drawn(shop, 100)
    person = asks[7].bearer.user_id
    told = await given(turnstiles[0], [ask(sale_id, person) for _ in range(50)])
    assert {(one.place, one.wait) for one in told} == {(told[0].place, told[0].wait)}
    shop.world.clock.move_to(NOON + timedelta(minutes=5))
    after = await ticket(turnstiles[0], ask(sale_id, person))
    assert (after.drawn, after.place) == (True, told[0].place), "nor did it draw others fifty times"


async def test_control_with_a_lot_for_each_request_asking_often_pays(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(give_ticket, "lot_of", lambda key, sale_id, _: lot_of(key, sale_id, uuid4()))
    sale_id, turnstiles, asks, _ = await drawn(shop, 100)
    told = await given(turnstiles[0], [ask(sale_id, asks[7].bearer.user_id) for _ in range(50)])
    assert min(one.place for one in told) < 20 < max(one.place for one in told)


async def test_a_lot_is_let_in_when_all_who_were_drawn_are_known(shop: Shop) -> None:
    """Who asked first was told a place among few; at the start there are many."""
    _, turnstiles, asks, early = await drawn(shop, 500)
    last = max(range(10), key=lambda n: early[n].place)
    clock, starts_at = shop.world.clock, NOON + timedelta(minutes=5)
    clock.move_to(starts_at)
    told = await ticket(turnstiles[0], asks[last])
    assert told.wait > early[last].place * GAP
    for turnstile in (*turnstiles, turnstile_of(shop.world)):
        clock.move_to(starts_at + told.wait - timedelta(microseconds=1))
        with pytest.raises(TicketEarly):
            await enter(turnstile, asks[last], told, starts_at)
        clock.move_to(starts_at + told.wait)
        await enter(turnstile, asks[last], told, starts_at)


async def test_there_are_no_tickets_where_there_is_nothing_to_wait_for(shop: Shop) -> None:
    await shop.set_stock(100)
    turnstile, clock = turnstile_of(shop.world), shop.world.clock
    sale_id = await flash_sale(shop, 1, in_s=3600, for_s=600)

    async def refusal() -> type[Problem | GivenTicket]:
        return type((await give_tickets(turnstile, [ask(sale_id)]))[0])

    assert type((await give_tickets(turnstile, [ask(str(uuid4()))]))[0]) is FlashSaleNotFound
    clock.advance(timedelta(hours=1) - DRAWN_WITHIN - timedelta(microseconds=1))
    assert await refusal() is FlashSaleNotStarted
    clock.advance(timedelta(microseconds=1))
    assert await refusal() is GivenTicket
    clock.move_to(NOON + timedelta(hours=1, minutes=10) - GAP)
    assert await refusal() is GivenTicket
    assert await refusal() is FlashSaleEnded, "their turn would be after the end"
    clock.advance(GAP)
    assert await refusal() is FlashSaleEnded


async def test_one_refusal_harms_nobody_else_of_a_batch(shop: Shop) -> None:
    sale_id = await flash_sale(shop)
    answers = await give_tickets(turnstile_of(shop.world), [ask(sale_id), ask(str(uuid4())), ask(sale_id)])
    assert [type(answer) for answer in answers] == [GivenTicket, FlashSaleNotFound, GivenTicket]


async def test_a_stopped_sale_lets_nobody_wait(shop: Shop) -> None:
    sale_id, turnstile = await flash_sale(shop), turnstile_of(shop.world)
    assert (await shop.merchant.post(f"{CONSOLE}/{sale_id}/stop")).status_code == 200
    assert type((await give_tickets(turnstile, [ask(sale_id)]))[0]) is FlashSaleEnded


async def test_an_address_that_asks_for_very_many_makes_them_dearer_and_is_not_shut_out(shop: Shop) -> None:
    sale_id, turnstile = await flash_sale(shop), turnstile_of(shop.world, per_address=20)
    bits = [(await given(turnstile, [ask(sale_id, address="campus") for _ in range(20)]))[-1].bits for _ in range(20)]
    assert bits[0] == 0
    assert bits == sorted(bits)
    assert bits[-1] == HARDEST_BITS
    elsewhere = await ticket(turnstile, ask(sale_id))
    assert elsewhere.bits < HARDEST_BITS, "only what the queue asks of everybody"
    shop.world.clock.advance(timedelta(minutes=20))
    assert (await ticket(turnstile, ask(sale_id, address="campus"))).bits == 0


async def test_as_many_tickets_as_an_address_may_be_allowed_are_counted(shop: Shop) -> None:
    """With more, what one adds would be less than times can tell."""
    most = 10_000_000
    with pytest.raises(ValidationError):
        TradeSettings(flash_tickets_per_address=most + 1)
    sale_id, turnstile = await flash_sale(shop), turnstile_of(shop.world, per_address=most)
    assert (await ticket(turnstile, ask(sale_id, address="campus"))).bits == 0


async def test_turns_are_forgotten_when_no_sale_can_be_running_any_more(shop: Shop) -> None:
    sale_id, turnstile = await flash_sale(shop), turnstile_of(shop.world)
    await given(turnstile, [ask(sale_id) for _ in range(3)])
    shop.world.clock.advance(timedelta(hours=24))
    assert await forget_turns(turnstile.ctx) == 0
    shop.world.clock.advance(timedelta(hours=1))
    assert await forget_turns(turnstile.ctx) == 3
