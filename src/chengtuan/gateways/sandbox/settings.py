"""How a sandbox behaves. Times in seconds; `retry_scale` 0.001 turns the day of repetitions into seconds."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxSettings:
    """`public_url` is where a browser finds us; `shop_origins` are where the cashier may return to."""

    data_dir: Path
    public_url: str
    shop_origins: tuple[str, ...] = ()
    retry_scale: float = 1.0
    refund_delay_s: float = 2.0
    partial_refund_interval_s: int = 60
    poll_s: float = 0.5

    @property
    def folder(self) -> Path:
        return self.data_dir / "sandbox"


def settings_from_environment(
    *, data_dir: Path, port: int, public_url: str | None, environment: Mapping[str, str] = os.environ
) -> SandboxSettings:
    """The command's settings: its arguments, then CHENGTUAN_SANDBOX_*, then what suits one machine."""
    neighbours = f"http://localhost:{port - 1},http://127.0.0.1:{port - 1}"
    origins = environment.get("CHENGTUAN_SANDBOX_SHOP_ORIGINS") or neighbours
    return SandboxSettings(
        data_dir=data_dir,
        public_url=(public_url or environment.get("CHENGTUAN_SANDBOX_DESK_URL") or f"http://127.0.0.1:{port}").rstrip(
            "/"
        ),
        shop_origins=tuple(origin.strip().rstrip("/") for origin in origins.split(",") if origin.strip()),
        retry_scale=float(environment.get("CHENGTUAN_SANDBOX_RETRY_SCALE", "1")),
        refund_delay_s=float(environment.get("CHENGTUAN_SANDBOX_REFUND_DELAY_S", "2")),
    )
