"""All proofs, in the order in which they run."""

from tests.proofs import chaos, model, payments_alone
from tests.proofs.proof import Proof

PROOFS: list[Proof] = [
    model.PROOF,
    payments_alone.PROOF,
    chaos.PROOF,
]


def find_proof(slug: str) -> Proof:
    """Raises KeyError."""
    found = {proof.slug: proof for proof in PROOFS}
    return found[slug]
