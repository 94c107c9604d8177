"""Settings come from the environment, once, at start; each module declares its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

PREFIX = "CHENGTUAN_"


class Settings(BaseModel):
    """Base of all settings: a field `pay_base_url` is read from `CHENGTUAN_PAY_BASE_URL`."""

    model_config = ConfigDict(frozen=True, extra="ignore")


S = TypeVar("S", bound=Settings)


class BadSettings(Exception):
    """A setting is missing or wrong; the message names the environment variables."""


def load_settings(kind: type[S], environ: Mapping[str, str]) -> S:
    """Raises BadSettings."""
    names = {PREFIX + field.upper(): field for field in kind.model_fields}
    try:
        return kind.model_validate({field: environ[name] for name, field in names.items() if environ.get(name)})
    except ValidationError as error:
        lines = [f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()]
        raise BadSettings("; ".join(lines)) from error


class PlatformSettings(Settings):
    """What every process needs."""

    database_url: str
    """libpq connection info of the primary, as an owner who may create schemas and roles."""
    field_key: str
    """Keys of personal data, `id:base64` of 32 bytes, comma-separated, the active one first."""
    index_key: str
    """Key of the blind indexes, base64 of 32 bytes."""
    internal_key: str
    """Signs calls between the product's processes, base64 of 32 bytes."""
    data: Path = Path(".data")
    """Folder of uploads, logs and, in the one-command set-up, the database."""
    clock_file: Path | None = None
    """A file with an offset in seconds that moves the product's time; for demos and journeys."""
    demo: bool = False
    """Marks the shop's content as demo data in the clients."""
    sandbox_desk_url: str | None = None
    log_level: str = "info"
    client_dist: Path | None = None
    """Folder with the built clients (`shop/`, `console/`); None: not served by this process."""
