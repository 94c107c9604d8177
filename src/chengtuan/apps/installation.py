"""The environment of a copy that `make run` set up, for commands that look into it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

from chengtuan.apps.embedded import Cluster, SetupProblem
from chengtuan.apps.startup.environment import base_environment, with_sandbox
from chengtuan.apps.startup.own_database import DATABASE_URL, unreachable
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
    url = Cluster.for_data(data, password=secrets[DATABASE_PASSWORD]).dsn(DATABASE)
    environment = base_environment(own, data=data, port=_port(own), secrets=secrets, database_url=url)
    return _beside_sandbox(environment, data)


def _beside_own_database(own: Mapping[str, str], data: Path) -> dict[str, str]:
    """`own`, with what `make run` keeps in the data folder where the person has not set it."""
    kept = {name: value for name, value in read_env_file(secrets_path(data)).items() if name in KEYS_OF_A_SHOP}
    return _beside_sandbox({**kept, "CHENGTUAN_DATA": str(data), **own}, data) if kept else dict(own)


def _beside_sandbox(environment: Mapping[str, str], data: Path) -> dict[str, str]:
    return with_sandbox(environment, data=data, desk_url=f"http://127.0.0.1:{_port(environment) + 1}/")


def _port(own: Mapping[str, str]) -> int:
    return int(own.get("PORT") or DEFAULT_PORT)


@contextmanager
def with_database(own: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """As `installation_environment`, over a database that answers; an embedded one is started if the shop is not.

    Raises SetupProblem.
    """
    environ = installation_environment(own)
    if DATABASE_URL in own:
        _refuse_unreachable(own[DATABASE_URL])
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


def _refuse_unreachable(url: str) -> None:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError as error:
        raise unreachable(error) from error
