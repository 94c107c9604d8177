"""The campaigns of an older copy keep their terms as activities, and its groups those that they were opened on."""

import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from chengtuan.apps.registry import MANIFESTS
from chengtuan.modules.trade.activities.rules.eligibility import eligibility_of
from chengtuan.modules.trade.activities.rules.group_terms import GroupTerms
from chengtuan.modules.trade.activities.rules.progress import progress_of
from chengtuan.modules.trade.activities.rules.terms import terms_of
from chengtuan.platform.installation import PLATFORM
from chengtuan.platform.migrations import migrate

pytestmark = pytest.mark.postgres
TRADE = [manifest for manifest in MANIFESTS if manifest.name == "trade"]
_MORE_CAMPAIGNS = """
    insert into trade.campaign (id, merchant_id, product_id, name, kind, tier_people, group_size, group_duration_s,
        starts_at, ends_at, stock_cap, stock_taken, per_user_limit, regions, newcomers_only, overflow,
        initiator_off_percent, hard_end, stopped_at, stop_reason, created_at)
    select gen_random_uuid(), c.merchant_id, c.product_id, k.kind || n, k.kind, k.people,
        case when k.overflow then 500 else k.people[cardinality(k.people)] end, 3600 * n,
        c.starts_at + n * interval '1 day', c.ends_at + n * interval '1 day', cap, least(cap, n), nullif(n, 2),
        t.regions, n = 2, k.overflow, nullif(n * 10, 20), n <> 3, case when stop is not null then c.starts_at end,
        stop, c.created_at
    from (select * from trade.campaign limit 1) c
    cross join (values ('fixed', array[2], false), ('fixed', array[500], false), ('ladder', array[2, 3, 10], false),
        ('ladder', array[3, 5], true)) k(kind, people, overflow)
    cross join (values (1, null, null, null), (2, 50, array['440000', '110000'], 'merchant'),
        (3, 4, array['440000'], 'dearer_than_alone')) t(n, cap, regions, stop)"""
# A group's tiers, seats and perk are its own: here they differ from its campaign's.
_MORE_GROUPS = """
    insert into trade.buy_group (id, campaign_id, product_id, merchant_id, initiator_id, kind, status, fail_reason,
        size, tier_people, locked, paid, final_tier, created_at, opened_at, deadline, ended_at, version,
        initiator_off_percent)
    select gen_random_uuid(), c.id, product_id, merchant_id, gen_random_uuid(), kind, status,
        case status when 'failed' then 'expired' end, greatest(group_size, people[cardinality(people)]), people,
        least(paid, group_size), least(paid, group_size), case status when 'succeeded' then 0 end, created_at,
        created_at, created_at, created_at, 7, 33
    from trade.campaign c cross join (values ('draft', 0), ('open', 1), ('open', 2), ('open', 4), ('succeeded', 2),
        ('succeeded', 5), ('failed', 1)) s(status, paid)
    cross join lateral (select case kind when 'fixed' then tier_people else tier_people || group_size + 1 end
        as people) t"""
_CAMPAIGNS = "select * from trade.campaign order by id"
_ACTIVITIES = "select * from trade.activity order by id"
_GROUPS = (
    "select g.*, c.overflow, c.group_duration_s, c.hard_end, c.newcomers_only, c.regions from trade.buy_group g"
    " join trade.campaign c on c.id = g.campaign_id order by g.id"
)
_GROUPS_AFTER = "select * from trade.buy_group order by id"


def read(url: str, query: str) -> list[dict[str, Any]]:
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return connection.execute(query.encode()).fetchall()


@pytest.fixture
def older_copy(new_database: Callable[..., str], one_variant_orders: str) -> str:
    """A shop just before activities, with campaigns of both kinds on all terms, and groups of each in every state."""
    url = new_database(one_variant_orders)
    migrate(url, TRADE, revision="trade_0018")
    with psycopg.connect(url) as connection:
        connection.execute(_MORE_CAMPAIGNS.encode())
        connection.execute(_MORE_GROUPS.encode())
    return url


def group_terms_of(row: dict[str, Any]) -> GroupTerms:
    terms = terms_of(json.dumps(row["terms"]))
    assert isinstance(terms, GroupTerms)
    return terms


def terms_as_before(row: dict[str, Any]) -> dict[str, Any]:
    """What the columns of a campaign or a group said, from its values."""
    terms, eligibility = group_terms_of(row), eligibility_of(json.dumps(row["eligibility"]))
    return {
        "kind": terms.pricing.value,
        "tier_people": list(terms.people),
        "group_duration_s": terms.duration_s,
        "overflow": terms.overflow,
        "initiator_off_percent": terms.initiator_off_percent,
        "hard_end": terms.hard_end,
        "newcomers_only": eligibility.newcomers_only,
        "regions": list(eligibility.regions) if eligibility.regions is not None else None,
    }


def test_campaigns_have_equal_terms_as_activities(older_copy: str) -> None:
    campaigns, prices = read(older_copy, _CAMPAIGNS), read(older_copy, "select * from trade.campaign_sku")
    assert len(campaigns) > 12
    migrate(older_copy, [PLATFORM, *MANIFESTS])
    activities = read(older_copy, _ACTIVITIES)
    same = (
        "id",
        "merchant_id",
        "product_id",
        "name",
        "starts_at",
        "ends_at",
        "stopped_at",
        "stop_reason",
        "created_at",
    )
    assert [
        {name: row[name] for name in (*same, "per_user_limit")}
        | terms_as_before(row)
        | {"stock_cap": row["cap"], "stock_taken": row["taken"], "group_size": group_terms_of(row).seats}
        for row in activities
    ] == campaigns
    assert {row["kind"] for row in activities} == {"group"}
    kept = read(older_copy, "select activity_id as campaign_id, sku_id, tier_prices_fen from trade.activity_price")
    assert kept == prices


def test_groups_keep_the_terms_they_were_opened_on(older_copy: str) -> None:
    before = read(older_copy, _GROUPS)
    assert {row["status"] for row in before} == {"draft", "open", "succeeded", "failed"}
    migrate(older_copy, [PLATFORM, *MANIFESTS])
    after = read(older_copy, _GROUPS_AFTER)
    new = ("terms", "eligibility", "goal", "missing", "activity_id", "seats")
    assert [
        {name: value for name, value in row.items() if name not in new}
        | terms_as_before(row)
        | {"campaign_id": row["activity_id"], "size": row["seats"]}
        for row in after
    ] == before
    said = [(row["goal"], row["missing"]) for row in after]
    progress = [progress_of(row["tier_people"], row["paid"]) for row in before]
    assert said == [(each.goal, each.missing) for each in progress]
    assert {goal for goal, _ in said} == {"form", "next_tier", "none"}
