"""What happens around groups: one forms, and people look on while others join."""

from uuid import UUID, uuid4

import psycopg

from benchmarks.fill.copies import Copy
from benchmarks.fill.shop import HOT_GROUP
from benchmarks.generator import Pace
from benchmarks.load.meter import Result
from benchmarks.load.requests import get, post
from benchmarks.stage import Outcome, Stage, joining

_GROUPS_PER_S = 1
_CHANGES_PER_S = 100
_TOLD = (
    "select percentile_cont(array[0.5, 0.99]) within group (order by extract(epoch from n.sent_at - g.formed_at)),"
    " count(*), extract(epoch from max(n.sent_at) - min(g.formed_at)) from messaging.notice n"
    " join trade.buy_group g on g.id = n.group_id where n.template = 'group_formed' and g.id = any(%s::uuid[])"
)


def group_formed(stage: Stage) -> Outcome:
    """Large groups form, each by its last member's payment; a unit is a member, who is told.

    It lasts until everything that follows is done: the order waits for its parcel, the message has left the house.
    """
    places = stage.open_groups([stage.shop.hot], _groups(stage.pace))
    for place in places:
        stage.copy([Copy(place.order_id, who, UUID(place.group_id)) for who in stage.shoppers(HOT_GROUP - 2)])
    last = [
        {"token": who.token, "wish": joining(who, place)}
        for who, place in zip(stage.shoppers(len(places)), places, strict=True)
    ]
    stage.until_quiet()
    bought = stage.generator.purchase(last, Pace(min(len(last), stage.pace.concurrency), 0, None))
    cost = stage.generator.followed_by(stage.until_quiet, units=len(places) * HOT_GROUP)
    group_ids = [place.group_id for place in places]
    rows = {"order": _orders_of(stage, group_ids)}
    return Outcome(_as_told(stage, group_ids), [rows], made=bought.answers["ok"], costs={"": cost})


def _orders_of(stage: Stage, group_ids: list[str]) -> list[str]:
    with psycopg.connect(stage.database_url) as connection:
        found = connection.execute(
            "select id from trade.shop_order where group_id = any(%s::uuid[]) limit %s", (group_ids, HOT_GROUP)
        )
        return [str(order_id) for (order_id,) in found]


def _as_told(stage: Stage, group_ids: list[str]) -> Result:
    """The rate at which members were told, and how long after their group had formed."""
    with psycopg.connect(stage.database_url) as connection:
        row = connection.execute(_TOLD, (group_ids,)).fetchone()
    assert row
    (p50, p99), told, seconds = row
    return Result(rps=told / float(seconds), p50_ms=float(p50) * 1000, p99_ms=float(p99) * 1000, answers={"ok": told})


def sse_fanout(stage: Stage) -> Outcome:
    """A crowd listens to a group's live stream while people join it; a unit is a message that somebody hears."""
    place = stage.open_groups([stage.shop.hot], 1)[0]
    joiners = stage.shoppers(_changes(stage.pace))
    changes = [post("/api/v1/trade/orders", joining(who, place), who.token, str(uuid4())) for who in joiners]
    result = stage.generator.listen(get(f"/api/v1/trade/groups/{place.group_id}/live"), changes, stage.pace)
    return Outcome(result, made=result.made)


def members(pace: Pace) -> int:
    return _groups(pace) * HOT_GROUP


def changers(pace: Pace) -> int:
    return _changes(pace) + 1


def _groups(pace: Pace) -> int:
    assert pace.seconds is not None
    return max(1, int(_GROUPS_PER_S * pace.seconds))


def _changes(pace: Pace) -> int:
    assert pace.seconds is not None
    return min(HOT_GROUP - 1, int(_CHANGES_PER_S * (pace.warmup_s + pace.seconds)) + 1)
