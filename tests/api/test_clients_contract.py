"""The clients are typed against a copy of the contract; it must be the contract that the server keeps."""

import json
from pathlib import Path

from chengtuan.apps.reference import openapi_document

CONTRACT = Path(__file__).parents[2] / "clients" / "packages" / "api" / "openapi.json"


def test_the_clients_copy_of_the_contract_is_the_servers() -> None:
    kept = json.loads(CONTRACT.read_text(encoding="utf-8"))
    assert kept == json.loads(json.dumps(openapi_document())), (
        "the server's contract has changed: run `make docs`, then `make check`"
    )
