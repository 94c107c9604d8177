"""The sandbox stays outside: product code does not know whether it talks to one."""

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "chengtuan"
_BRANCH = re.compile(r"\b(?:if|elif|while|unless)\b[^#\n]*sandbox", re.IGNORECASE)
_MAY_START_IT = SOURCE / "apps"


def branches_on_sandbox(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if _BRANCH.search(line)]


def _product_files() -> list[Path]:
    sandbox = SOURCE / "gateways" / "sandbox"
    return [path for path in SOURCE.rglob("*.py") if sandbox not in path.parents]


def test_no_product_code_branches_on_the_sandbox() -> None:
    found = {
        str(path.relative_to(SOURCE)): lines
        for path in _product_files()
        if _MAY_START_IT not in path.parents and (lines := branches_on_sandbox(path.read_text()))
    }
    assert not found


@pytest.mark.parametrize("line", ["if sandbox:", "    elif settings.use_sandbox:", "x = 1 if SANDBOX else 2"])
def test_a_branch_would_be_seen(line: str) -> None:
    """The control of the test above."""
    assert branches_on_sandbox(f"pass\n{line}\n")


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
    return {name for name in names if name.startswith("chengtuan.")}


def test_the_clients_know_only_the_kernel() -> None:
    for package in ("wechat", "sms"):
        for path in (SOURCE / "gateways" / package).rglob("*.py"):
            own = (f"chengtuan.gateways.{package}", "chengtuan.platform.settings") if path.name == "settings.py" else ()
            assert all(name.startswith(("chengtuan.kernel", *own)) for name in _imports(path)), path


def test_nothing_but_the_apps_imports_the_sandbox() -> None:
    for path in _product_files():
        if _MAY_START_IT not in path.parents:
            assert not any("gateways.sandbox" in name for name in _imports(path)), path


def test_the_sandbox_knows_only_kernel_and_gateways() -> None:
    for path in (SOURCE / "gateways" / "sandbox").rglob("*.py"):
        assert all(name.startswith(("chengtuan.kernel", "chengtuan.gateways")) for name in _imports(path)), path
