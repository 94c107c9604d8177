"""Proofs of work: a number that makes a hash begin with zeros. It costs who asks, and nothing who looks at it.

The clients' side is `proof-of-work.ts` in `clients/packages/api`; `proof-vectors.json` holds both to one hash.
"""

from hashlib import sha256

MAX_NONCE = 64


def zero_bits(challenge: str, nonce: str) -> int:
    """Zeros at the beginning of SHA-256 of `challenge:nonce`."""
    digest = sha256(f"{challenge}:{nonce}".encode()).digest()
    return len(digest) * 8 - int.from_bytes(digest).bit_length()
