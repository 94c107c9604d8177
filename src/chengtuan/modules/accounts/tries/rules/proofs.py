"""A proof of work: a number that makes a hash begin with zeros. It costs who tries, and asks nothing of a person."""

from dataclasses import dataclass
from hashlib import sha256

MAX_NONCE = 64


@dataclass(frozen=True, slots=True)
class Proof:
    """A challenge that was given out, and the number that was found for it."""

    challenge: str
    nonce: str


def zero_bits(proof: Proof) -> int:
    """Zeros at the beginning of SHA-256 of `challenge:nonce`."""
    digest = sha256(f"{proof.challenge}:{proof.nonce}".encode()).digest()
    return len(digest) * 8 - int.from_bytes(digest).bit_length()
