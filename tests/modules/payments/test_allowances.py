"""What merchants give away, the platform adds, points pay and inviters earn: two sides each, once each."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from chengtuan.modules.payments.facade import Allowance, AllowanceKind, AllowanceRequest, AllowancesDiffer
from chengtuan.modules.payments.rules.ledger import _SIDES, ACCOUNT_KINDS, Account, Kind, sides_of
from tests.modules.payments.stage import ENTRY_COLUMNS, MERCHANT, ORDER, PRICE, Stage


def _lines(**amounts: int) -> list[Allowance]:
    return [Allowance(kind=AllowanceKind(kind), amount_fen=amount) for kind, amount in amounts.items()]


async def _book(stage: Stage, request_id: UUID | None = None, **amounts: int) -> None:
    await _book_lines(stage, request_id or uuid4(), _lines(**amounts))


async def _book_lines(stage: Stage, request_id: UUID, lines: list[Allowance], **changes: Any) -> None:
    wanted: dict[str, Any] = {
        "request_id": request_id,
        "purpose": ORDER,
        "subject_id": stage.order_id,
        "merchant_id": MERCHANT,
        "allowances": tuple(lines),
    }
    await stage.payments.book_allowances(request=AllowanceRequest(**(wanted | changes)))


async def test_an_orders_whole_worth_is_in_the_books(stage: Stage) -> None:
    """Worth 24.90: the shopper pays 19.90, the merchant gives 2.00, the platform 1.00, points 2.00."""
    await stage.paid()
    await _book(stage, merchant_discount=200, subsidy=100, points_redeemed=200, commission_earned=150)
    assert stage.balances() == {
        "provider_clearing": PRICE,
        "merchant_promotions": 200,
        "platform_subsidies": 100,
        "points_redeemed": 200,
        "merchant_escrow": -(2490 - 150),
        "commissions_payable": -150,
    }


async def test_a_returned_order_leaves_nothing_behind(stage: Stage) -> None:
    await stage.paid()
    await _book(stage, merchant_discount=200, subsidy=100, points_redeemed=200, commission_earned=150)
    await stage.refund()
    await stage.run()
    stage.advance(2)
    await stage.run()
    await _book(stage, merchant_discount_reversed=200, subsidy_reversed=100, points_returned=200, commission_voided=150)
    assert stage.balances() == {}


async def test_one_request_is_booked_once_however_often_it_comes(stage: Stage) -> None:
    request_id = uuid4()
    await asyncio.gather(*(_book(stage, request_id, subsidy=100, points_redeemed=50) for _ in range(10)))
    assert stage.balances() == {"platform_subsidies": 100, "points_redeemed": 50, "merchant_escrow": -150}


@pytest.mark.parametrize("other", [{"subsidy": 101}, {"subsidy": 100, "points_redeemed": 1}, {"points_redeemed": 1}])
async def test_the_same_request_with_other_lines_changes_nothing(stage: Stage, other: dict[str, int]) -> None:
    request_id = uuid4()
    await _book(stage, request_id, subsidy=100)
    with pytest.raises(AllowancesDiffer):
        await _book(stage, request_id, **other)
    assert stage.balances() == {"platform_subsidies": 100, "merchant_escrow": -100}


async def test_the_same_request_about_something_else_changes_nothing(stage: Stage) -> None:
    request_id = uuid4()
    await _book(stage, request_id, subsidy=100)
    with pytest.raises(AllowancesDiffer):
        await _book_lines(stage, request_id, _lines(subsidy=100), subject_id=uuid4())
    assert stage.balances() == {"platform_subsidies": 100, "merchant_escrow": -100}


async def test_lines_of_one_kind_add_up(stage: Stage) -> None:
    lines = [*_lines(subsidy=100), *_lines(subsidy=50)]
    await _book_lines(stage, uuid4(), lines)
    assert stage.balances() == {"platform_subsidies": 150, "merchant_escrow": -150}


@pytest.mark.parametrize("amount", [0, -1])
def test_an_allowance_has_a_positive_amount(amount: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        _lines(subsidy=amount)


async def test_the_initiators_perk_is_the_merchants_gift(stage: Stage) -> None:
    """The order keeps its worth; the merchant's promotions bear what goes back."""
    await stage.paid()
    await stage.refund(500, reason="initiator_perk")
    assert stage.balances() == {
        "provider_clearing": PRICE,
        "merchant_escrow": -PRICE,
        "merchant_promotions": 500,
        "refunds_in_transit": -500,
    }
    await stage.run()
    stage.advance(2)
    await stage.run()
    assert stage.balances() == {
        "provider_clearing": PRICE - 500,
        "merchant_escrow": -PRICE,
        "merchant_promotions": 500,
    }


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_two_different_sides_that_cancel_out(kind: Kind) -> None:
    debit, credit = sides_of(kind, 1990)
    assert debit.account != credit.account
    assert (debit.amount_fen, credit.amount_fen) == (1990, -1990)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind.value.endswith(("_reversed", "_returned", "_voided"))])
def test_a_reversal_is_the_mirror_of_its_booking(kind: Kind) -> None:
    forward = {
        Kind.MERCHANT_DISCOUNT_REVERSED: Kind.MERCHANT_DISCOUNT,
        Kind.SUBSIDY_REVERSED: Kind.SUBSIDY,
        Kind.POINTS_RETURNED: Kind.POINTS_REDEEMED,
        Kind.COMMISSION_VOIDED: Kind.COMMISSION_EARNED,
    }[kind]
    assert _SIDES[kind] == _SIDES[forward][::-1]


def test_every_account_has_a_kind_and_every_allowance_its_sides() -> None:
    assert set(ACCOUNT_KINDS) == set(Account)
    assert {kind.value for kind in AllowanceKind} <= {kind.value for kind in Kind}
    assert set(_SIDES) == set(Kind)


@pytest.mark.parametrize("kind", list(Kind))
async def test_the_database_knows_every_kind_and_account(stage: Stage, kind: Kind) -> None:
    """The CHECKs and the code name the same; an unknown account is refused."""
    insert = (
        f"insert into payments.entry ({ENTRY_COLUMNS})"
        " select %s, s.id, line, account, amount, 'trade.order', s.id, s.id, now()"
        " from (select gen_random_uuid() as id) as s, (values (1, %s, 5), (2, %s, -5)) as side(line, account, amount)"
    )
    debit, credit = sides_of(kind, 5)
    stage.rows(insert, kind.value, debit.account, credit.account)
    with pytest.raises(psycopg.errors.CheckViolation, match="account_known"):
        stage.rows(insert, kind.value, debit.account, "pocket")
