"""The environment of a copy that `make run` set up, for commands that look into it."""

from collections.abc import Mapping
from pathlib import Path

from chengtuan.apps.embedded import Cluster, SetupProblem
from chengtuan.apps.startup.environment import base_environment, with_sandbox
from chengtuan.apps.startup.secrets import DATABASE_PASSWORD, load_or_make_secrets, secrets_path
from chengtuan.apps.up import DATABASE, DEFAULT_DATA, DEFAULT_PORT


def installation_environment(own: Mapping[str, str]) -> dict[str, str]:
    """`own` as it is if it names a database, else what the copy in `DATA` runs with. Raises SetupProblem."""
    if "CHENGTUAN_DATABASE_URL" in own:
        return dict(own)
    data = Path(own.get("DATA") or DEFAULT_DATA).resolve()
    if not secrets_path(data).exists():
        raise SetupProblem(f"There is no copy in {data}; start one with `make run`, or set CHENGTUAN_DATABASE_URL.")
    secrets = load_or_make_secrets(data, database_exists=True, given=own)
    port = int(own.get("PORT") or DEFAULT_PORT)
    url = Cluster.for_data(data, password=secrets[DATABASE_PASSWORD]).dsn(DATABASE)
    environment = base_environment(own, data=data, port=port, secrets=secrets, database_url=url)
    return with_sandbox(environment, data=data, desk_url=f"http://127.0.0.1:{port + 1}/")
