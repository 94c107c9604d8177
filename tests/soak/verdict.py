"""What is said of all samples in the end."""

from collections.abc import Sequence

from tests.soak.flat import FEWEST, WARM_UP, Bound, trend
from tests.soak.watch import Sample

BOUNDS: dict[str, Bound] = {
    "server_mb": Bound(0.05, 6.0),
    "sandbox_mb": Bound(0.10, 12.0),
    "postgres_mb": Bound(0.15, 40.0),
    "files": Bound(0.10, 20.0),
    "sessions": Bound(0.0, 4.0),
    "p99_ms": Bound(0.35, 10.0),
}
"""What may not grow. PostgreSQL fills its buffers, and the sandbox keeps a ledger of all that was ever paid."""


def complaints(samples: Sequence[Sample]) -> list[str]:
    """Empty is fine."""
    found = [f"{samples[-1].errors} visits failed"] if samples[-1].errors else []
    if len(samples) * (1 - WARM_UP) < FEWEST:
        return [*found, f"{len(samples)} samples are too few to judge what grows"]
    for name, bound in BOUNDS.items():
        seen = trend([float(getattr(sample, name)) for sample in samples])
        if not seen.within(bound):
            found.append(f"{name} grows: by {seen.growth:.1f}, at {seen.level:.1f}")
    return found
