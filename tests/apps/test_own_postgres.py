"""A database of one's own: its owner needs no more rights than the how-to gives."""

from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from chengtuan.apps.backup import back_up, restore
from chengtuan.apps.composition import Composition
from chengtuan.apps.demo import seed
from chengtuan.apps.embedded.cluster import Cluster
from chengtuan.apps.ownership import bring_up_to_date, refuse_stranger
from chengtuan.apps.registry import MANIFESTS
from chengtuan.kernel.clock import SystemClock
from chengtuan.platform.installation import Record, read_record
from tests.support.world import environment

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

_A_BOOKED_PAYMENT = """
    insert into payments.entry (kind, fact_id, line, account, amount_fen, purpose, subject_id, merchant_id, booked_at)
    select 'payment', s.id, l.line, l.account, l.fen, 'trade.order', s.id, s.id, now()
    from (select gen_random_uuid() as id) s,
    (values (1, 'provider_clearing', 100), (2, 'merchant_escrow', -100)) as l(line, account, fen)"""
HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "own-postgresql.md"


@pytest.fixture(scope="module")
def plain_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A server that no module's role was ever made on."""
    cluster = Cluster.for_data(tmp_path_factory.mktemp("own"), password="only-for-tests")
    cluster.init()
    cluster.start()
    yield cluster
    cluster.remove()


@pytest.fixture
def shopkeepers_url(plain_cluster: Cluster) -> str:
    """A database and its owner, made by the statements of the how-to."""
    sql = HOW_TO.read_text(encoding="utf-8").split("```sql\n")[1].split("```")[0]
    statements = sql.replace("chengtuan", "shopkeeper").replace("…", "secret").strip().split("\n")
    with psycopg.connect(plain_cluster.dsn(), autocommit=True) as connection:
        connection.execute("drop database if exists shopkeeper with (force)")
        known = connection.execute("select 1 from pg_roles where rolname = 'shopkeeper'").fetchone()
        for statement in statements[1:] if known else statements:
            connection.execute(statement.encode())
    return f"host={plain_cluster.files.run} user=shopkeeper password=secret dbname=shopkeeper"


def _count(url: str, table: LiteralString) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(f"select count(*) from {table}").fetchone()
    assert row is not None
    return int(row[0])


def _record(url: str) -> Record | None:
    with psycopg.connect(url) as connection:
        return read_record(connection)


async def test_the_owner_of_the_how_to_can_run_everything(shopkeepers_url: str, tmp_path: Path) -> None:
    url = shopkeepers_url
    environ = environment(url, tmp_path)
    bring_up_to_date(environ)
    names = [manifest.name for manifest in MANIFESTS]
    composition = Composition(environ=environ, clock=SystemClock(), modules=names)
    async with composition.open():
        await composition.settle()
        for module in composition.running.values():
            async with module.database.read() as db:
                assert await db.fetch_value("select current_schema()") == module.manifest.name


async def test_an_interrupted_first_seeding_starts_over_as_a_plain_owner(
    shopkeepers_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C after orders were paid: the ledger's guards are no reason to need a superuser."""
    environ = environment(shopkeepers_url, tmp_path)
    bring_up_to_date(environ)
    before = _record(shopkeepers_url)

    async def a_little(*_: object) -> None:
        with psycopg.connect(shopkeepers_url) as connection:
            connection.execute(_A_BOOKED_PAYMENT.encode())
        (tmp_path / "sandbox" / "ledger.sqlite3").touch()
        raise KeyboardInterrupt

    monkeypatch.setattr(seed, "_tell_story", a_little)
    for _ in range(2):  # the second attempt has to empty what the first one left
        with pytest.raises(KeyboardInterrupt):
            await seed.seed_demo(environ, force=False)
        assert _count(shopkeepers_url, "payments.entry") == 2

    async def whole(*_: object) -> None:
        assert _count(shopkeepers_url, "payments.entry") == 0
        assert not (tmp_path / "sandbox" / "ledger.sqlite3").exists()

    monkeypatch.setattr(seed, "_tell_story", whole)
    assert await seed.seed_demo(environ, force=False) == 0
    refuse_stranger(environ)
    assert _record(shopkeepers_url) == before
    with psycopg.connect(shopkeepers_url) as connection:
        connection.execute(_A_BOOKED_PAYMENT.encode())
    guarded = pytest.raises(psycopg.errors.CheckViolation, match="append-only")
    with psycopg.connect(shopkeepers_url) as connection, guarded:
        connection.execute("truncate payments.entry")


async def test_seeding_beside_other_data_never_marks_the_shop_as_one_to_be_emptied(
    shopkeepers_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = environment(shopkeepers_url, tmp_path)
    bring_up_to_date(environ)
    with psycopg.connect(shopkeepers_url) as connection:
        connection.execute(_A_BOOKED_PAYMENT.encode())
    monkeypatch.setattr(seed, "_has_data", lambda _: True)

    async def broken(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(seed, "_tell_story", broken)
    with pytest.raises(KeyboardInterrupt):
        await seed.seed_demo(environ, force=True)
    assert await seed.seed_demo(environ, force=False) == 0
    assert _count(shopkeepers_url, "payments.entry") == 2


def test_a_plain_owner_backs_up_and_restores(shopkeepers_url: str, plain_cluster: Cluster, tmp_path: Path) -> None:
    environ = environment(shopkeepers_url, tmp_path / "shop")
    bring_up_to_date(environ)
    with psycopg.connect(shopkeepers_url) as connection:
        connection.execute(_A_BOOKED_PAYMENT.encode())
    back_up(environ, tmp_path / "backup")
    with psycopg.connect(plain_cluster.dsn(), autocommit=True) as connection:
        connection.execute("drop database if exists second with (force)")
        connection.execute("create database second owner shopkeeper")
    second = shopkeepers_url.replace("dbname=shopkeeper", "dbname=second")
    restore({"CHENGTUAN_DATABASE_URL": second}, tmp_path / "backup", tmp_path / "new")
    assert _count(second, "payments.entry") == 2
    restored = environment(second, tmp_path / "new")
    refuse_stranger(restored)
    bring_up_to_date(restored)
