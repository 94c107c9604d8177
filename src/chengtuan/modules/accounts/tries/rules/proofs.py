"""What a device shows that worked for its try."""

from dataclasses import dataclass

from chengtuan.kernel.proof_of_work import zero_bits


@dataclass(frozen=True, slots=True)
class Proof:
    """A challenge that was given out, and the number that was found for it."""

    challenge: str
    nonce: str

    @property
    def zero_bits(self) -> int:
        return zero_bits(self.challenge, self.nonce)
