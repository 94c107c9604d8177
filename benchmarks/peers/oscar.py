"""django-oscar: a shop made of Django pages."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.peers.load.visitor import Step
from benchmarks.peers.peer import (
    CROWD,
    DETAIL,
    LAST_STEP,
    LIST,
    ORDER,
    PRODUCTS,
    Filled,
    Peer,
    Stock,
    Workload,
    gunicorn_options,
    install_python,
    nobody,
)
from benchmarks.peers.site import INSIDE, Command, Site

_CUSTOMERS = 3000
_PREPARED = 300
_TOKEN = "a" * 32
"""Django takes any token that a visitor sends twice, as cookie and in the form."""
_POSTED = {"referer": "http://127.0.0.1/"}


def _add(product: str) -> Step:
    form = {"csrfmiddlewaretoken": _TOKEN, "quantity": "1"}
    return Step("add to basket", f"/basket/add/{product}/", "POST", form, headers=_POSTED, expect=r"(?i)location: ")


_ADDRESS = Step(
    "choose address",
    "/checkout/shipping-address/",
    "POST",
    {"csrfmiddlewaretoken": _TOKEN, "action": "ship_to", "address_id": "{address}"},
    headers=_POSTED,
    expect=r"(?i)location: \S*shipping-method",
)
_METHOD = Step("choose shipping", "/checkout/shipping-method/", expect=r"(?i)location: \S*payment-method")
_PLACE = Step(
    "place order",
    "/checkout/preview/",
    "POST",
    {"csrfmiddlewaretoken": _TOKEN, "action": "place_order"},
    headers=_POSTED,
    expect=r"(?i)location: \S*thank-you",
)


class Oscar(Peer):
    """Orders are unpaid: the manual leaves payment to the project."""

    name = "oscar"
    title = "django-oscar"
    version = "4.2.1"
    arrangements = ("2 workers", "4 workers", "2 workers of 4 threads")

    def install(self, home: Path) -> None:
        install_python(home, INSIDE / "oscar.txt")

    def fill(self, site: Site) -> Filled:
        python = str(site.home / "venv" / "bin" / "python")
        out = site.data / "filled.json"
        settings = {"DJANGO_SETTINGS_MODULE": "oscar_settings"}
        site.call(python, "-m", "django", "migrate", "--no-input", **settings)
        site.call(python, str(INSIDE / "oscar_fill.py"), str(PRODUCTS + 1), str(_CUSTOMERS), str(out), **settings)
        site.call(python, "-m", "django", "update_index", **settings)
        return json.loads(out.read_text())

    def commands(self, site: Site, arrangement: str) -> Sequence[Command]:
        gunicorn = [str(site.home / "venv" / "bin" / "gunicorn"), *gunicorn_options(arrangement, site.port)]
        return [Command([*gunicorn, "oscar_wsgi:application"], site.port, {"DJANGO_SETTINGS_MODULE": "oscar_settings"})]

    def workloads(self, filled: Filled) -> Mapping[str, Workload]:
        product = str(filled["products"][0])
        way = (_add(product), _ADDRESS, _METHOD, _PLACE)
        customers = [_signed_in(each) for each in filled["customers"][CROWD:]]
        page = Step("product", f"/catalogue/pomelo-0_{product}/", expect="Picked this morning")
        return {
            DETAIL: Workload([page], nobody(64), again=True),
            LIST: Workload([Step("list", "/catalogue/", expect="Pomelo")], nobody(64), again=True),
            ORDER: Workload(way, customers[_PREPARED:], again=True),
            LAST_STEP: Workload(way[3:], customers[:_PREPARED], before=way[:3]),
        }

    def crowd(self, filled: Filled) -> Workload:
        way = (_add(str(filled["products"][-1])), _ADDRESS, _METHOD, _PLACE)
        return Workload(way[3:], [_signed_in(each) for each in filled["customers"][:CROWD]], before=way[:3])

    def stock(self, site: Site, filled: Filled) -> Stock:
        scarce = filled["products"][-1]
        sold, allocated, on_hand = site.ask(
            f"select (select sum(quantity) from order_line where product_id = {scarce}), num_allocated, num_in_stock"
            f" from partner_stockrecord where product_id = {scarce}"
        )
        return Stock(sold, allocated, on_hand - allocated)


def _signed_in(customer: Mapping[str, str]) -> Mapping[str, Mapping[str, str]]:
    return {
        "told": {"address": customer["address"]},
        "cookies": {"sessionid": customer["session"], "csrftoken": _TOKEN},
    }
