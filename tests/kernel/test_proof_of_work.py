"""The server and the clients look at a proof of work alike."""

import json
from pathlib import Path
from typing import Any

import pytest

from chengtuan.kernel.proof_of_work import zero_bits

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "clients/packages/api/proof-vectors.json").read_text()
)
"""`bits` are those at the beginning of the hash; with `first`, the nonce is the one that clients find for so many."""


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["nonce"]))
def test_the_zeros_of_a_proof(vector: dict[str, Any]) -> None:
    assert zero_bits(vector["challenge"], vector["nonce"]) == vector["bits"]


@pytest.mark.parametrize("nonce", ["", "9" * 64, "-1", "\u4e2d\u6587", "\0", " 1", "01"])
def test_whatever_stands_for_a_number_has_a_hash_of_its_own(nonce: str) -> None:
    assert 0 <= zero_bits("q.1.12.ab", nonce) <= 256
