"""Terms travel whole: the same value in code, in the tables and in an open group, whatever the kind."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

import psycopg
import pytest

from chengtuan.kernel.ids import new_id
from chengtuan.modules.trade.activities.rows.activities import NewActivity, find_activity, insert_activity
from chengtuan.modules.trade.activities.rules.eligibility import Eligibility, eligibility_of
from chengtuan.modules.trade.activities.rules.flash_terms import FlashTerms
from chengtuan.modules.trade.activities.rules.group_terms import GroupTerms
from chengtuan.modules.trade.activities.rules.terms import KINDS, Terms, document_of, terms_of
from chengtuan.modules.trade.admission.rows.facts.activities import ROWS as ACTIVITY_ROWS
from chengtuan.modules.trade.states import ActivityKind
from chengtuan.modules.trade.stock.rows.caps import count_against_caps
from chengtuan.platform.database import Database
from tests.modules.trade.test_groups import fill, group_page
from tests.support.shop import Shop

LADDER = GroupTerms(people=(2, 3, 10), duration_s=3600, hard_end=False, overflow=True, initiator_off_percent=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class PresaleTerms:
    """A kind that nobody can publish yet: this class is all of it."""

    kind: ClassVar[ActivityKind] = ActivityKind.PRESALE

    reminded_s: int
    slots: tuple[str, ...] = ()


def database(shop: Shop) -> Database:
    return shop.world.composition.running["trade"].database


def an_activity(shop: Shop, **changes: Any) -> NewActivity:
    now = shop.world.clock.now()
    values: dict[str, Any] = {
        "id": new_id(),
        "merchant_id": shop.merchant_id,
        "product_id": UUID(shop.product_id),
        "name": "any",
        "starts_at": now,
        "ends_at": now + timedelta(hours=1),
        "terms": LADDER,
        "prices": {UUID(shop.sku_id): [900, 800, 700]},
    }
    return NewActivity(**values | changes)


@pytest.mark.parametrize(
    "terms", [LADDER, GroupTerms(people=(5,), duration_s=60), FlashTerms(pay_within_s=300, per_device=7)]
)
def test_terms_are_read_as_they_were_kept(terms: Terms) -> None:
    assert terms_of(json.dumps(document_of(terms))) == terms


@pytest.mark.parametrize("who", [Eligibility(), Eligibility(newcomers_only=True, regions=("110000", "440000"))])
def test_eligibility_is_read_as_it_was_kept(who: Eligibility) -> None:
    assert eligibility_of(json.dumps(who.document())) == who


async def test_a_further_kind_is_a_class_of_terms(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is stored and read whole; nobody opens a group in it, and no campaign is shown of it."""
    monkeypatch.setitem(KINDS, PresaleTerms.kind, PresaleTerms)
    presale = an_activity(shop, terms=PresaleTerms(reminded_s=300, slots=("08", "20")), cap=9)
    async with database(shop).write() as tx:
        await insert_activity(tx, presale)
    async with database(shop).read() as db:
        assert await find_activity(db, presale.id) is None
        asked = {"activities": [presale.id], "groups": []}
        kept = await db.fetch_one(ACTIVITY_ROWS.kind, ACTIVITY_ROWS.sql, asked)
    assert kept is not None
    assert (kept.terms, kept.cap, kept.taken, kept.eligibility) == (presale.terms, 9, 0, Eligibility())
    offer = (await shop.world.client.get(f"/api/v1/trade/products/{shop.product_id}/offer")).json()
    assert offer["campaign"] is None
    assert (await shop.merchant.get("/api/v1/trade/console/campaigns")).json()["items"] == []
    refused = await (await shop.shopper(1)).try_order("open", campaign_id=str(presale.id))
    assert (refused.status_code, refused.json()["code"]) == (404, "trade/campaign-not-found")


@pytest.mark.parametrize("kind", ["flash", "presale", "newcomer"])
async def test_only_groups_can_be_published(shop: Shop, kind: str) -> None:
    refused = await shop.try_campaign([2], [9000], kind=kind)
    assert (refused.status_code, refused.json()["code"]) == (422, "platform/invalid-request")


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"terms": PresaleTerms(reminded_s=1)}, None),
        ({"terms": FlashTerms(), "per_user_limit": 1}, None),
        ({"terms": FlashTerms()}, "ck_activity_flash"),
        ({"kind": "group", "terms": PresaleTerms(reminded_s=1)}, "ck_activity_terms"),
        ({"kind": "auction"}, "ck_activity_kind"),
        ({"prices": {new_id(): []}}, "ck_activity_price_prices"),
        ({"prices": {new_id(): [900, 0]}}, "ck_activity_price_prices"),
        ({"cap": -1}, "ck_activity_cap"),
        ({"ends_at": None}, "ck_activity_window"),
    ],
)
async def test_what_no_activity_is_the_tables_refuse(
    shop: Shop, changes: dict[str, Any], constraint: str | None
) -> None:
    kind = changes.pop("kind", None)
    if "ends_at" in changes:
        changes["ends_at"] = shop.world.clock.now()
    refused = None
    try:
        async with database(shop).write() as tx:
            new = an_activity(shop, **changes)
            await insert_activity(tx, new)
            if kind is not None:
                await tx.execute("update activity set kind = %s where id = %s", (kind, new.id))
    except psycopg.errors.CheckViolation as error:
        refused = error.diag.constraint_name
    assert refused == constraint


CHANGED: Mapping[str, Any] = {
    "terms": document_of(GroupTerms(people=(2,), duration_s=60, initiator_off_percent=90)),
    "eligibility": Eligibility(newcomers_only=True, regions=("110000",)).document(),
}


@pytest.mark.feature("F11")
async def test_a_later_change_of_an_activity_leaves_its_open_groups_alone(shop: Shop) -> None:
    """Only who opens a group afterwards does so on other terms."""
    campaign = await shop.campaign([3], [8000])
    customer = await shop.shopper(7)
    bought = await customer.order("solo")
    await customer.pay(bought["id"])
    group_id, _ = await fill(shop, campaign, 1)
    before = await group_page(shop, group_id)
    offer = (await shop.world.client.get(f"/api/v1/trade/groups/{group_id}/offer")).json()
    async with database(shop).write() as tx:
        changed = [json.dumps(CHANGED[name]) for name in ("terms", "eligibility")]
        await tx.execute("update activity set terms = %s, eligibility = %s", changed)

    assert await group_page(shop, group_id) == before
    assert (await shop.world.client.get(f"/api/v1/trade/groups/{group_id}/offer")).json()["campaign"] == offer[
        "campaign"
    ]
    order = await customer.join(group_id)
    await customer.pay(order["id"])
    assert (await group_page(shop, group_id))["missing"] == 1, "the old customer has joined by the old terms"

    other = await (await shop.shopper(8)).try_order("open", campaign_id=campaign["id"])
    assert other.json()["code"] == "trade/not-deliverable", (
        "the control: whoever opens a group does so on the new terms"
    )


@pytest.mark.damages
async def test_caps_are_counted_in_the_order_of_their_ids(shop: Shop, database_url: str) -> None:
    """Else two batches with the same activities wait for each other: who waits for the first holds no other."""
    first, second = an_activity(shop), an_activity(shop)
    for new in (second, first):
        async with database(shop).write() as tx:
            await insert_activity(tx, new)

    async def count() -> None:
        async with database(shop).write() as tx:
            await count_against_caps(tx, {second.id: 1, first.id: 1})

    hold = "select from trade.activity where id = %s for update nowait"
    with psycopg.connect(database_url) as holder, psycopg.connect(database_url, autocommit=True) as looker:
        holder.execute(hold, (first.id,))
        counting = asyncio.create_task(count())
        while looker.execute("select 1 from pg_locks where not granted").fetchone() is None:
            assert not counting.done(), "it waited for nobody"
            await asyncio.sleep(0.01)
        looker.execute(hold, (second.id,))
    await counting
