"""The secrets of one installation: made on the first start, kept in the data folder."""

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from chengtuan.apps.embedded.problems import SetupProblem

DATABASE_PASSWORD = "CHENGTUAN_DATABASE_PASSWORD"  # noqa: S105 — the name of a variable
DATA_KEYS = ("CHENGTUAN_FIELD_KEY", "CHENGTUAN_INDEX_KEY")
"""Without exactly these, what is stored cannot be read or found."""
KEYS_OF_A_SHOP = (*DATA_KEYS, "CHENGTUAN_INTERNAL_KEY")
_KEY_BYTES = 32


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


_MAKERS: Mapping[str, Callable[[], str]] = {
    "CHENGTUAN_FIELD_KEY": lambda: f"1:{_key()}",
    "CHENGTUAN_INDEX_KEY": _key,
    "CHENGTUAN_INTERNAL_KEY": _key,
    DATABASE_PASSWORD: lambda: secrets.token_urlsafe(24),
}
_HEADER = (
    "# Made on the first start. Without these keys the personal data in the database cannot be read:\n"
    "# keep a copy in a safe place, and never in version control.\n"
)


def secrets_path(data: Path) -> Path:
    """The file of the secrets of the data folder `data`."""
    return data / "secrets.env"


def load_or_make_secrets(
    data: Path, *, database_exists: bool, given: Mapping[str, str] | None = None, own_database: bool = False
) -> dict[str, str]:
    """The secrets as environment variables; missing ones are made, unless data depends on them.

    `given` are the person's own variables, which win over the file. With `own_database` the password in
    the file is not the database's.
    """
    path = secrets_path(data)
    known = read_env_file(path)
    needed = DATA_KEYS if own_database else (*DATA_KEYS, DATABASE_PASSWORD)
    lost = [name for name in needed if name not in known and name not in (given or {})]
    if lost and database_exists:
        raise SetupProblem(
            f"The database is there, but its keys in {path} are missing ({', '.join(lost)}); put the file back "
            "(a backup keeps them in its keys file), or start over with an empty database and `make reset`."
        )
    made = {name: make() for name, make in _MAKERS.items() if name not in known}
    if made:
        write_secrets(path, {**known, **made})
    return {**known, **made}


def read_env_file(path: Path) -> dict[str, str]:
    """The variables of a file of `NAME=value` lines; empty when there is no such file.

    A value in double quotes may hold `\\n` for line ends, as keys in PEM form do.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except PermissionError as error:
        raise SetupProblem(
            f"{path} belongs to another user; run as that user, or choose another folder with DATA=…."
        ) from error
    lines = [line.strip() for line in text.splitlines()]
    pairs = [line.split("=", 1) for line in lines if "=" in line and not line.startswith("#")]
    return {name.strip(): _unquoted(value.strip()) for name, value in pairs}


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == '"':
        return value[1:-1].replace("\\n", "\n")
    return value


def write_secrets(path: Path, variables: Mapping[str, str]) -> None:
    """Writes such a file so that a crash leaves the old one or the new one, readable by us only."""
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(_HEADER + "".join(f"{name}={value}\n" for name, value in variables.items()))
        opened.flush()
        os.fsync(opened.fileno())
    draft.replace(path)
