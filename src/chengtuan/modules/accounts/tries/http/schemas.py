"""What every try takes of the device it comes from."""

from typing import Annotated

from pydantic import BaseModel, StringConstraints

from chengtuan.modules.accounts.tries.rules.proofs import Proof
from chengtuan.platform.http.fields import Nonce

DeviceToken = Annotated[str, StringConstraints(max_length=128)]


class ProofOfWork(BaseModel):
    """Answers `accounts/proof-needed`: SHA-256 of `challenge:nonce` begins with as many zero bits as were asked for."""

    challenge: Annotated[str, StringConstraints(max_length=200)]
    nonce: Nonce

    def proof(self) -> Proof:
        return Proof(self.challenge, self.nonce)


class Tried(BaseModel):
    """`device` is what an earlier session's answer gave: devices that signed in before are let through first."""

    device: DeviceToken | None = None
    proof: ProofOfWork | None = None
