"""The tests see a statement that concerns nobody."""

from typing import Any

import pytest

from tests.support import idle
from tests.support.world import World


@pytest.mark.parametrize(
    ("sql", "params", "seen"),
    [
        ("select from t where id = any(%s)", ([],), True),
        ("select from t where at < %s and id = any(%s::uuid[])", (1, "{}"), True),
        ("update t set a = n.a from unnest(%(ids)s::uuid[]) n where t.id = n.id", {"ids": "{}", "b": [1]}, True),
        ("select from t where id = any(%s) and state = any(%s)", ([], ["paid"]), True),
        ("select from t where id = any(%s)", ([1],), False),
        ("select from t where id = any(%(a)s) or id = any(%(b)s)", {"a": [], "b": [1]}, False),
        ("select from unnest(%s::int[]) a left join unnest(%s::int[]) b on a = b", ([1], []), False),
        ("select from t where name like all(%s)", ([],), False),
        ("select from t where id = any(%(a)s)", {"a": [1], "unused": []}, False),
        ("select from t where id = %s", ("{}",), False),
        ("select from t", None, False),
    ],
)
def test_which_statements_concern_nobody(sql: str, params: Any, seen: bool) -> None:
    assert idle.concerns_nobody(sql, params) is seen


async def test_a_statement_that_is_sent_for_nothing_is_heard(world: World) -> None:
    async with world.composition.running["trade"].database.write() as tx:
        await tx.fetch_tuples("select id from shop_order where id = any(%s)", ([],))
    assert [heard[:9] for heard in idle.sent] == ["select id"]
    idle.sent.clear()
