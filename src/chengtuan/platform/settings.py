"""Settings come from the environment, once, at start; each module declares its own."""

from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

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
    event_tries: int = Field(default=24, ge=1)
    """How often a consumer's failure to handle an event is tried again before the event waits for a person."""
    event_months: int = Field(default=13, ge=1)
    """How many whole months of events are kept beside the current one, so that a module added later can be given them.
    A longer time counts from the day on which it is set."""
    inbox_days: int = Field(default=90, ge=7)
    """How long it is remembered which events were handled, and at least as long as events are kept; one that is tried
    again later could be handled twice."""
    set_aside_days: int = Field(default=90, ge=1)
    """How long events that a person set aside are kept as a record, and at least as long as events are kept."""
    demo: bool = False
    """Marks the shop's content as demo data in the clients."""
    sandbox_desk_url: str | None = None
    log_level: str = "info"
    request_timeout_s: float = Field(default=8, gt=0)
    """Seconds a request may wait for the database, a partner or its turn before it is answered 503."""
    lock_timeout_s: float = Field(default=3, gt=0)
    """Seconds a statement waits for a row that somebody else holds (PostgreSQL's `lock_timeout`)."""
    database_timeout_s: float = Field(default=60, gt=0)
    """Seconds a statement or an idle transaction may take, and the most that background work waits for the
    database. Migrations, seeding's copies and backups have no such limit."""
    body_timeout_s: float = Field(default=15, gt=0)
    """Seconds a request's body may take to arrive; large ones get as many more as 32 kB a second need."""
    bodies_in_flight_mb: int = Field(default=128, ge=16)
    """Megabytes of request bodies that one process holds at a time; beyond that it answers 503 or 429."""
    trusted_proxies: str = "127.0.0.0/8,::1"
    """Addresses and networks of proxies whose `X-Forwarded-For` is believed, comma-separated, this machine's own
    included if it has one. Whoever is not listed cannot choose the address that limits are counted by."""
    client_dist: Path | None = None
    """Folder with the built clients (`shop/`, `console/`); None: not served by this process."""

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        for part in filter(None, map(str.strip, text.split(","))):
            ip_network(part)
        return text
