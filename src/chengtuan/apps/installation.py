"""The environment of a copy that `make run` set up, for commands that look into it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from chengtuan.apps.embedded import Cluster, SetupProblem
from chengtuan.apps.startup.environment import base_environment, with_sandbox
from chengtuan.apps.startup.own_database import DATABASE_URL
from chengtuan.apps.startup.secrets import (
    DATABASE_PASSWORD,
    KEYS_OF_A_SHOP,
    load_or_make_secrets,
    read_env_file,
    secrets_path,
)
from chengtuan.apps.supervisor.lock import RunLock, running_pid
from chengtuan.apps.up import DATABASE, DEFAULT_DATA, DEFAULT_PORT


def installation_environment(own: Mapping[str, str]) -> dict[str, str]:
    """`own` as it is if it names a database, else what the copy in `DATA` runs with. Raises SetupProblem."""
    data = Path(own.get("CHENGTUAN_DATA") or own.get("DATA") or DEFAULT_DATA).resolve()
    if DATABASE_URL in own:
        return _beside_own_database(own, data)
    if not secrets_path(data).exists():
        raise SetupProblem(f"There is no copy in {data}; start one with `make run`, or set CHENGTUAN_DATABASE_URL.")
    secrets = load_or_make_secrets(data, database_exists=True, given=own)
    port = int(own.get("PORT") or DEFAULT_PORT)
    url = Cluster.for_data(data, password=secrets[DATABASE_PASSWORD]).dsn(DATABASE)
    environment = base_environment(own, data=data, port=port, secrets=secrets, database_url=url)
    return with_sandbox(environment, data=data, desk_url=f"http://127.0.0.1:{port + 1}/")


def _beside_own_database(own: Mapping[str, str], data: Path) -> dict[str, str]:
    """`own`, with what `make run` keeps in the data folder where the person has not set it."""
    kept = {name: value for name, value in read_env_file(secrets_path(data)).items() if name in KEYS_OF_A_SHOP}
    return {**kept, "CHENGTUAN_DATA": str(data), **own} if kept else dict(own)


@contextmanager
def with_database(own: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """As `installation_environment`, with an embedded database that runs, also while the shop does not."""
    environ = installation_environment(own)
    if DATABASE_URL in own:
        yield environ
        return
    data = Path(environ["CHENGTUAN_DATA"])
    if running_pid(data) is not None:
        yield environ
        return
    with RunLock(data):
        secrets = load_or_make_secrets(data, database_exists=True, given=own)
        cluster = Cluster.for_data(data, password=secrets[DATABASE_PASSWORD])
        cluster.init()
        cluster.start()
        try:
            yield environ
        finally:
            cluster.stop()
