"""All proofs, in the order in which they run."""

from tests.proofs import (
    chaos,
    flash_kills,
    kills,
    model,
    payments_alone,
    refund_service,
    rushes,
    schedules,
    storm,
)
from tests.proofs.odd import proof as oddities
from tests.proofs.proof import Proof

PROOFS: list[Proof] = [
    model.PROOF,
    payments_alone.PROOF,
    schedules.PROOF,
    oddities.PROOF,
    chaos.PROOF,
    kills.PROOF,
    flash_kills.PROOF,
    refund_service.PROOF,
    rushes.PROOF,
    storm.PROOF,
]


def find_proof(slug: str) -> Proof:
    """Raises KeyError."""
    found = {proof.slug: proof for proof in PROOFS}
    return found[slug]
