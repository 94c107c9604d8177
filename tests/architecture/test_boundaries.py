"""The import contracts of pyproject.toml hold, and each of them breaks when somebody crosses it."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNWANTED = shutil.ignore_patterns("__pycache__", "versions", "template", "*.md")

VIOLATIONS = {
    "Layers: apps > modules > gateways > platform > kernel": (
        "platform/relay.py",
        "from chengtuan.modules.trade import facade",
    ),
    "Modules reach each other only through a facade": (
        "modules/trade/admission/usecases/submit_order.py",
        "from chengtuan.modules.payments import rows",
    ),
    "Module dependencies have no cycles": (
        "modules/accounts/people/usecases/get_me.py",
        "from chengtuan.modules.trade.facade import TradeFacade",
    ),
    "Inside a module: http > usecases > moves > rows > rules > facade": (
        "modules/payments/rows/payments.py",
        "from chengtuan.modules.payments.usecases import open_payment",
    ),
    "Packages of trade import downwards only": (
        "modules/trade/orders/rows/orders.py",
        "from chengtuan.modules.trade.groups.rows import groups",
    ),
    "Packages of accounts import downwards only": (
        "modules/accounts/codes/usecases/try_code.py",
        "from chengtuan.modules.accounts.signing_in.usecases import sign_in_by_phone",
    ),
    "Packages of catalog import downwards only": (
        "modules/catalog/prices/usecases/keep_prices.py",
        "from chengtuan.modules.catalog.products.rows import products",
    ),
    "Inside a package: http > usecases > moves > rows > rules": (
        "modules/trade/groups/rows/groups.py",
        "from chengtuan.modules.trade.groups.moves import release",
    ),
    "Only rows and models speak to the database's libraries": (
        "modules/trade/groups/usecases/read_group.py",
        "import psycopg",
    ),
    "Only http knows the web framework": (
        "modules/payments/usecases/open_payment.py",
        "from fastapi import HTTPException",
    ),
    "Facades and rules are pure: no web framework, no database, no network": (
        "modules/payments/rules/refund.py",
        "import httpx",
    ),
    "The kernel is plain Python: no network, no processes, no libraries": (
        "kernel/ids.py",
        "import socket",
    ),
    "The set-up runs before anything is installed: the standard library only": (
        "apps/supervisor/lock.py",
        "import structlog",
    ),
}
MORE = {
    "a lower layer of gateways": (
        "Layers: apps > modules > gateways > platform > kernel",
        "gateways/wechat/pay.py",
        "from chengtuan.modules.payments import facade",
    ),
    "a rule that knows its rows": (
        "Inside a module: http > usecases > moves > rows > rules > facade",
        "modules/payments/rules/refund.py",
        "from chengtuan.modules.payments.rows import refunds",
    ),
    "a shelf of trade that knows carts": (
        "Packages of trade import downwards only",
        "modules/trade/shelf/usecases/read_offer.py",
        "from chengtuan.modules.trade.cart import rows",
    ),
    "an order of trade that knows its cart": (
        "Packages of trade import downwards only",
        "modules/trade/admission/usecases/submit_order.py",
        "from chengtuan.modules.trade.cart import rows",
    ),
    "staff that know shoppers' ways in": (
        "Packages of accounts import downwards only",
        "modules/accounts/staff/usecases/sign_in_staff.py",
        "from chengtuan.modules.accounts.signing_in import moves",
    ),
    "a context of accounts that knows what uses it": (
        "Packages of accounts import downwards only",
        "modules/accounts/context.py",
        "from chengtuan.modules.accounts.sessions.rows import sessions",
    ),
    "a row of accounts that knows a step": (
        "Inside a package: http > usecases > moves > rows > rules",
        "modules/accounts/people/rows/people.py",
        "from chengtuan.modules.accounts.people import moves",
    ),
    "a context of catalog that knows what uses it": (
        "Packages of catalog import downwards only",
        "modules/catalog/context.py",
        "from chengtuan.modules.catalog.pictures.rows import store",
    ),
    "a rule of trade that knows its rows": (
        "Inside a package: http > usecases > moves > rows > rules",
        "modules/trade/activities/rules/tiers.py",
        "from chengtuan.modules.trade.activities.rows import campaigns",
    ),
    "a rule of trade that calls somebody": (
        "Facades and rules are pure: no web framework, no database, no network",
        "modules/trade/refunds/rules.py",
        "import httpx",
    ),
    "stock that knows orders": (
        "Packages of trade import downwards only",
        "modules/trade/stock/usecases/change_stock.py",
        "from chengtuan.modules.trade.orders.rows import orders",
    ),
    "refunds that know stock": (
        "Packages of trade import downwards only",
        "modules/trade/refunds/moves.py",
        "from chengtuan.modules.trade.stock.rows import stock",
    ),
    "freight that knows orders": (
        "Packages of trade import downwards only",
        "modules/trade/freight/usecases/send_product.py",
        "from chengtuan.modules.trade.orders.rows import orders",
    ),
    "a price that knows where its templates are kept": (
        "Packages of trade import downwards only",
        "modules/trade/pricing/rules/freight.py",
        "from chengtuan.modules.trade.freight.rows import templates",
    ),
    "a context that knows what uses it": (
        "Packages of trade import downwards only",
        "modules/trade/context.py",
        "from chengtuan.modules.trade.orders.rows import views",
    ),
    "a move that speaks to the driver": (
        "Only rows and models speak to the database's libraries",
        "modules/trade/groups/moves/release.py",
        "import psycopg",
    ),
    "a facade that knows its module": (
        "Inside a module: http > usecases > moves > rows > rules > facade",
        "modules/payments/facade/contracts.py",
        "from chengtuan.modules.payments.rules import refund",
    ),
    "a facade that knows a package": (
        "Packages of trade import downwards only",
        "modules/trade/facade/contracts.py",
        "from chengtuan.modules.trade.activities.rules import tiers",
    ),
    "a facade with a web framework": (
        "Facades and rules are pure: no web framework, no database, no network",
        "modules/accounts/facade/interface.py",
        "from fastapi import Request",
    ),
}
PLANTED = [
    *(pytest.param(name, *where, id=name.partition(":")[0]) for name, where in VIOLATIONS.items()),
    *(pytest.param(*case, id=name) for name, case in MORE.items()),
]


def lint(root: Path) -> dict[str, str]:
    """Each contract's verdict over the sources in `root`."""
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [program, "--config", ROOT / "pyproject.toml", "--no-cache"],
        cwd=root,
        env={"PYTHONPATH": str(root), "PATH": "/usr/bin:/bin", "COLUMNS": "300", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    verdicts: dict[str, str] = {}
    for line in done.stdout.splitlines():
        for name in contracts():
            if line.startswith(name) and (verdict := line.removeprefix(name).split()):
                verdicts[name] = verdict[0]
    assert verdicts.keys() == contracts(), done.stdout + done.stderr
    return verdicts


def contracts() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {contract["name"] for contract in project["tool"]["importlinter"]["contracts"]}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "src" / "chengtuan", tmp_path / "chengtuan", ignore=UNWANTED)
    return tmp_path


def test_all_contracts_are_kept(copy: Path) -> None:
    assert set(lint(copy).values()) == {"KEPT"}


def test_every_contract_has_its_violation() -> None:
    assert contracts() == VIOLATIONS.keys()


@pytest.mark.parametrize(("contract", "file", "line"), PLANTED)
def test_a_contract_breaks_when_it_is_crossed(copy: Path, contract: str, file: str, line: str) -> None:
    path = copy / "chengtuan" / file
    path.write_text(f"{path.read_text(encoding='utf-8')}\n\n{line}\n", encoding="utf-8")
    assert lint(copy)[contract] == "BROKEN"
