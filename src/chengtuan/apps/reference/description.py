"""All modules, built without a database or a partner, so that documents can be written from them."""

import base64
import functools
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from chengtuan.apps.composition import Composition
from chengtuan.apps.web import create_api
from chengtuan.gateways.sandbox import initialise
from chengtuan.kernel.clock import SystemClock


@dataclass(frozen=True)
class Described:
    """What the documents are written from."""

    composition: Composition
    api: FastAPI


@functools.cache
def unconnected_product() -> Described:
    """Every module, never opened; built once in a process, since the code does not change while it runs."""
    with tempfile.TemporaryDirectory() as folder:
        composition = _unconnected(Path(folder))
        return Described(composition, create_api(composition, background=False))


def openapi_document() -> dict[str, Any]:
    """The description of all modules' routes."""
    return unconnected_product().api.openapi()


def _unconnected(folder: Path) -> Composition:
    """All modules, built but never opened; keys and credentials are thrown away."""
    key = base64.b64encode(bytes(32)).decode()
    credentials = initialise(folder, public_url="http://sandbox.invalid").read_text()
    environ = dict(line.split("=", 1) for line in credentials.splitlines() if "=" in line and line[0] != "#")
    environ |= {
        "CHENGTUAN_DATABASE_URL": "dbname=unconnected",
        "CHENGTUAN_FIELD_KEY": f"1:{key}",
        "CHENGTUAN_INDEX_KEY": key,
        "CHENGTUAN_INTERNAL_KEY": key,
        "CHENGTUAN_DATA": str(folder),
    }
    names = [manifest.name for manifest in Composition.manifests]
    return Composition(environ=environ, clock=SystemClock(), modules=names)
