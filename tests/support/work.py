"""The work that a client's device does where the server asks for it."""

from itertools import count

from chengtuan.kernel.proof_of_work import zero_bits


def nonce_for(challenge: str, bits: int) -> str:
    return next(str(n) for n in count() if zero_bits(challenge, str(n)) >= bits)
