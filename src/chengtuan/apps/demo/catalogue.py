"""Reads `demo/catalogue`: merchants, categories, products, delivery, campaigns, flash sales and people."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[4] / "demo" / "catalogue"


@dataclass(frozen=True)
class Catalogue:
    """The files' contents as they stand; `tests/demo` checks that they fit together."""

    merchants: list[dict[str, Any]]
    categories: list[dict[str, Any]]
    products: list[dict[str, Any]]
    campaigns: list[dict[str, Any]]
    flash_sales: list[dict[str, Any]]
    freight: list[dict[str, Any]]
    shoppers: list[dict[str, Any]]
    phones: list[str]
    addresses: list[dict[str, Any]]


def load_catalogue(folder: Path = FOLDER) -> Catalogue:
    people = _read(folder / "people.json")
    products = [product for file in sorted((folder / "products").glob("*.json")) for product in _read(file)]
    return Catalogue(
        merchants=_read(folder / "merchants.json"),
        categories=_read(folder / "categories.json"),
        products=products,
        campaigns=_read(folder / "campaigns.json"),
        flash_sales=_read(folder / "flash_sales.json"),
        freight=_read(folder / "freight.json"),
        shoppers=people["shoppers"],
        phones=people["phones"],
        addresses=people["addresses"],
    )


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
