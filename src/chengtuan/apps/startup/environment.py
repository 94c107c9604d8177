"""The environment that the product's processes get."""

from collections.abc import Mapping
from pathlib import Path

from chengtuan.apps.embedded.problems import SetupProblem
from chengtuan.apps.startup.secrets import DATABASE_PASSWORD, read_env_file
from chengtuan.apps.supervisor.spawn import MARK

_WECHAT_PREFIX = "CHENGTUAN_WECHAT_"
CHECKOUT = Path(__file__).parents[4]
"""Where the sources lie, from wherever a command is called."""
BUILT_CLIENTS = CHECKOUT / "clients" / "dist"


def base_environment(
    own: Mapping[str, str], *, data: Path, port: int, secrets: Mapping[str, str], database_url: str
) -> dict[str, str]:
    """The variables of all processes. What the person has set in `own` wins over what we would choose."""
    chosen = {
        **{name: value for name, value in secrets.items() if name != DATABASE_PASSWORD},
        "CHENGTUAN_DEMO": "true",
        "CHENGTUAN_PUBLIC_URL": f"http://127.0.0.1:{port}",
        **_client_dist(),
    }
    fixed = {
        "CHENGTUAN_DATABASE_URL": database_url,
        "CHENGTUAN_DATA": str(data),
        "DATA": str(data),
        "PYTHONUNBUFFERED": "1",
        MARK: str(data),
    }
    return {**chosen, **own, **fixed}


def _client_dist() -> dict[str, str]:
    return {"CHENGTUAN_CLIENT_DIST": str(BUILT_CLIENTS)} if BUILT_CLIENTS.is_dir() else {}


def is_demo(own: Mapping[str, str]) -> bool:
    """Whether there is demo data, and a sandbox that plays the partners' parts."""
    return (own.get("CHENGTUAN_DEMO") or "true").lower() in {"1", "true", "yes", "on", "t", "y"}


def refuse_without_partners(own: Mapping[str, str]) -> None:
    """A shop that is no demo takes no money from a sandbox, and cannot open without a provider. Raises SetupProblem."""
    if not is_demo(own) and not own.get("CHENGTUAN_WECHAT_PAY_MCHID"):
        raise SetupProblem(
            "With CHENGTUAN_DEMO=false no sandbox plays WeChat's part, and CHENGTUAN_WECHAT_PAY_MCHID is not set: "
            "set the variables of docs/how-to/own-wechat-keys.md, or leave CHENGTUAN_DEMO out."
        )


def with_sandbox(environment: Mapping[str, str], *, data: Path, desk_url: str) -> dict[str, str]:
    """Adds the sandbox's credentials, unless the person has an account with WeChat."""
    offered = read_env_file(data / "sandbox" / "credentials.env")
    if any(name.startswith(_WECHAT_PREFIX) for name in environment):
        offered = {name: value for name, value in offered.items() if not name.startswith(_WECHAT_PREFIX)}
    return {**offered, "CHENGTUAN_SANDBOX_DESK_URL": desk_url, **environment}
