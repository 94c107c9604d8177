"""A database of one's own: its owner needs no more rights than the how-to gives."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from chengtuan.apps.composition import Composition
from chengtuan.apps.embedded.cluster import Cluster
from chengtuan.apps.registry import MANIFESTS
from chengtuan.kernel.clock import SystemClock
from chengtuan.platform.migrations import migrate
from tests.support.world import environment

pytestmark = pytest.mark.postgres

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "own-postgresql.md"


@pytest.fixture
def plain_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A server that no module's role was ever made on."""
    cluster = Cluster.for_data(tmp_path_factory.mktemp("own"), password="only-for-tests")
    cluster.init()
    cluster.start()
    yield cluster
    cluster.remove()


async def test_the_owner_of_the_how_to_can_run_everything(plain_cluster: Cluster, tmp_path: Path) -> None:
    sql = HOW_TO.read_text(encoding="utf-8").split("```sql\n")[1].split("```")[0]
    statements = sql.replace("chengtuan", "shopkeeper").replace("…", "secret").strip().split("\n")
    with psycopg.connect(plain_cluster.dsn(), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())
    url = f"host={plain_cluster.files.run} user=shopkeeper password=secret dbname=shopkeeper"
    migrate(url, MANIFESTS)
    names = [manifest.name for manifest in MANIFESTS]
    composition = Composition(environ=environment(url, tmp_path), clock=SystemClock(), modules=names)
    async with composition.open():
        await composition.settle()
        for module in composition.running.values():
            async with module.database.read() as db:
                assert await db.fetch_value("select current_schema()") == module.manifest.name
