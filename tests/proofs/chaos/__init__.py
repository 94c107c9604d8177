"""The whole application, its provider misbehaving and its process dying, at random."""

from tests.proofs.chaos.proof import PROOF

__all__ = ["PROOF"]
