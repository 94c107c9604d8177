"""pretix: ticket sales, whose shop page lists everything that one event sells."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers.load.visitor import Step
from benchmarks.peers.peer import (
    CROWD,
    LAST_STEP,
    LIST,
    ORDER,
    Filled,
    Peer,
    Stock,
    Workload,
    gunicorn_options,
    install_python,
)
from benchmarks.peers.site import INSIDE, Command, Site

_GOODS = 20
"""Its page has no pages: as many as a page of the others has."""
_PREPARED = 200
_TOKEN = "a" * 32
_DONE = r'"ready": true'
_SUCCESS = r'(?s)"ready": (false|true.*"success": true)|"success": true.*"ready": true'
_CONFIG = """
[pretix]
instance_name=Peer
url=http://127.0.0.1:{port}
datadir={data}
[database]
backend=postgresql
name={name}
user={user}
password={password}
host={host}
port={socket}
[redis]
location=redis://127.0.0.1:{redis}/0
sessions=true
[celery]
backend=redis://127.0.0.1:{redis}/1
broker=redis://127.0.0.1:{redis}/2
[django]
debug=false
secret={secret}
"""


def _post(name: str, path: str, form: Mapping[str, str], **more: Any) -> Step:
    form = {"csrfmiddlewaretoken": _TOKEN, **form}
    return Step(name, path, "POST", form, headers={"referer": "http://127.0.0.1/"}, **more)


def _way(shop: str, item: str) -> list[Step]:
    """From an empty cart to an order; what its own pages do in the background is asked for as they ask."""
    base = f"/orchard/{shop}"
    told = {"check": r'"check_url": "([^"]+)"'}
    add = _post("add to cart", f"{base}/cart/add", {f"item_{item}": "1", "ajax": "1"})
    placing = _post("confirm", f"{base}/checkout/confirm/", {"ajax": "1"})
    return [
        Step(**vars(add) | {"take": told, "expect": _SUCCESS}),
        Step("cart is done", "{check}", until=_DONE, expect=_SUCCESS),
        _post("e-mail", f"{base}/checkout/questions/", {"email": "lin@example.com"}, expect="(?i)location: "),
        _post("payment", f"{base}/checkout/payment/", {"payment": "banktransfer"}, expect="(?i)location: .*confirm"),
        Step(**vars(placing) | {"take": told, "expect": _SUCCESS}),
        Step("order is done", "{check}", until=_DONE, expect=_SUCCESS),
    ]


class Pretix(Peer):
    """Orders wait for a bank transfer. Stock is held when something goes into the cart."""

    name = "pretix"
    title = "pretix"
    version = "2026.8.0"
    arrangements = ("2 workers", "4 workers", "2 workers of 4 threads")

    def install(self, home: Path) -> None:
        install_python(home, INSIDE / "pretix.txt")

    def fill(self, site: Site) -> Filled:
        environment, files = site.environment(), site.data / "files"
        files.mkdir()
        (site.data / "pretix.cfg").write_text(
            _CONFIG.format(
                port=site.port,
                data=files,
                name=site.name,
                user=environment["PEER_DB_USER"],
                password=site.cluster.password,
                host=environment["PEER_DB_HOST"],
                socket=environment["PEER_DB_PORT"],
                redis=site.redis_port,
                secret=site.secret,
            )
        )
        python, out = str(site.home / "venv" / "bin" / "python"), site.data / "filled.json"
        tables = self._config(site) | {"DJANGO_SETTINGS_MODULE": "pretix_tables"}
        site.call(python, "-m", "django", "migrate", "--run-syncdb", "--no-input", **tables)
        site.call(python, str(INSIDE / "pretix_fill.py"), str(_GOODS), str(out), **self._config(site))
        return json.loads(out.read_text())

    def _config(self, site: Site) -> dict[str, str]:
        return {"PRETIX_CONFIG_FILE": str(site.data / "pretix.cfg"), "DJANGO_SETTINGS_MODULE": "pretix.settings"}

    def commands(self, site: Site, arrangement: str) -> Sequence[Command]:
        """As many processes for tasks as for pages. Nobody sends the mails that it queues."""
        programs = site.home / "venv" / "bin"
        workers = arrangement.split(maxsplit=1)[0]
        celery = ["celery", "-A", "pretix.celery_app", "worker", "-l", "error", "-c", workers]
        queues = ["-Q", "default,checkout,background,notifications", "--without-gossip", "--without-mingle"]
        pages = [str(programs / "gunicorn"), *gunicorn_options(arrangement, site.port), "pretix.wsgi"]
        tasks = [str(programs / celery[0]), *celery[1:], *queues]
        return [Command(tasks, extra=self._config(site)), Command(pages, site.port, self._config(site))]

    def workloads(self, filled: Filled) -> Mapping[str, Workload]:
        way = _way("much", str(filled["much"][0]))
        return {
            LIST: Workload([Step("list", "/orchard/much/", expect="Pomelo 19")], _visitors(64), again=True),
            ORDER: Workload(way, _visitors(3000)),
            LAST_STEP: Workload(way[4:], _visitors(_PREPARED), before=way[:4]),
        }

    def crowd(self, filled: Filled) -> Workload:
        return Workload(_way("little", str(filled["little"][0])), _visitors(CROWD))

    def stock(self, site: Site, filled: Filled) -> Stock:
        item = filled["little"][0]
        sold, carts, size = site.ask(
            "select (select count(*) from pretixbase_orderposition p join pretixbase_order o on o.id = p.order_id"
            f" where p.item_id = {item} and o.status in ('n', 'p')),"
            f" (select count(*) from pretixbase_cartposition where item_id = {item}),"
            f" (select size from pretixbase_quota q join pretixbase_quota_items i on i.quota_id = q.id"
            f" where i.item_id = {item})"
        )
        return Stock(sold, sold + carts, size - sold - carts)


def _visitors(count: int) -> list[dict[str, dict[str, str]]]:
    """Each with a token of his own making, and with no session yet."""
    return [{"cookies": {"pretix_csrftoken": _TOKEN}} for _ in range(count)]
