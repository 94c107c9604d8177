"""`chengtuan back-fill` over a shop that stands still: the command does the work itself."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from typer.testing import CliRunner

from chengtuan.apps.cli import cli
from chengtuan.apps.embedded import SetupProblem
from chengtuan.apps.ownership import bring_up_to_date
from chengtuan.kernel.ids import new_id
from chengtuan.modules.trade.facade import OrderShipped
from chengtuan.platform.events import encode
from tests.support.world import environment

SHIPPED = OrderShipped.wire_name


@pytest.fixture
def environ(database_url: str, tmp_path: Path) -> Mapping[str, str]:
    environ = environment(database_url, tmp_path)
    bring_up_to_date(environ)
    with psycopg.connect(database_url) as connection:
        for month in (1, 2, 2):
            event = OrderShipped(
                order_id=uuid4(),
                number="2026",
                user_id=uuid4(),
                product_name={"en": "Tea"},
                carrier_code="SF",
                tracking_no="SF1",
                shipped_at=datetime(2026, month, 20, tzinfo=UTC),
            )
            connection.execute(
                "insert into trade.event_archive (occurred_at, event_id, name, key, payload)"
                " values (%s, %s, %s, %s, %s)",
                (event.shipped_at, new_id(), event.wire_name, event.key, encode(event)),
            )
    return environ


def notices(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("select count(*) from messaging.notice").fetchone()
    assert row is not None
    return int(row[0])


def test_a_module_is_given_what_happened(environ: Mapping[str, str], database_url: str) -> None:
    run = CliRunner(env=dict(environ))
    done = run.invoke(cli, ["back-fill", "messaging", "--from", "2026-02", "--events", SHIPPED])
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "trade to messaging: 2 of 2 events handled")
    assert notices(database_url) == 2
    again = run.invoke(cli, ["back-fill", "messaging"])
    assert again.output.splitlines()[-1] == "trade to messaging: 3 of 3 events handled"
    assert notices(database_url) == 3, "two of them were known"
    assert run.invoke(cli, ["back-fill", "messaging", "--stop"]).output == "", "there is nothing to stop"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["catalog"], "catalog hears of no events; those that do: trade, fulfilment, messaging"),
        (["nobody"], "nobody hears of no events"),
        (["messaging", "--events", "trade.nothing.v1"], "messaging does not hear of trade.nothing.v1, but of trade."),
    ],
)
def test_what_cannot_be_given_is_refused(environ: Mapping[str, str], words: list[str], said: str) -> None:
    done = CliRunner(env=dict(environ)).invoke(cli, ["back-fill", *words])
    assert isinstance(done.exception, SetupProblem)
    assert said in str(done.exception)
    assert CliRunner().invoke(cli, ["back-fill", "messaging", "--from", "June"]).exit_code == 2


def test_another_wish_is_refused_while_one_is_under_way(environ: Mapping[str, str], database_url: str) -> None:
    run = CliRunner(env=dict(environ))
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "insert into trade.back_fill (consumer, names, from_at, begun_in, begun_at, until_seq, total)"
            " values ('messaging', %s, '2026-01-31T16:00Z', 1, now(), 3, 2)",
            ([SHIPPED],),
        )
    other = run.invoke(cli, ["back-fill", "messaging"])
    assert isinstance(other.exception, SetupProblem)
    assert f"is being given other events ({SHIPPED}, since 2026-02-01). trade to messaging: 0 of 2" in str(
        other.exception
    )
    same = run.invoke(cli, ["back-fill", "messaging", "--from", "2026-02", "--events", SHIPPED])
    assert "begun before, going on" in same.output
