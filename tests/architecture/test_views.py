"""What may be a second old decides nothing, and one page comes from one node (rule 19).

`database.view()` will go to replicas. Types keep its rows from functions that decide; these tests keep its answers from
whoever writes.
"""

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from chengtuan.platform.database import ReadSession, ViewSession, WriteSession

SOURCE = Path(__file__).parents[2] / "src"
MODULES = SOURCE / "chengtuan" / "modules"
_DOORS = {"read", "view", "write"}


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts)


@cache
def sources() -> dict[str, str]:
    return {dotted(path): path.read_text(encoding="utf-8") for path in MODULES.rglob("*.py")}


@cache
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


def functions(text: str) -> list[ast.AsyncFunctionDef | ast.FunctionDef]:
    return [node for node in ast.walk(parsed(text)) if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)]


def doors(function: ast.AST) -> list[str]:
    """Which sessions a function opens."""
    return [
        node.func.attr
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _DOORS
        and ast.unparse(node.func.value).endswith("database")
    ]


def viewers(files: Mapping[str, str]) -> set[tuple[str, str]]:
    """Modules and names of functions that view."""
    return {
        (module, function.name)
        for module, text in files.items()
        if ".view()" in text
        for function in functions(text)
        if "view" in doors(function)
    }


def mixed(files: Mapping[str, str]) -> list[str]:
    """Functions that view and do anything else with the database, or view twice."""
    return [
        f"{module}.{function.name}"
        for module, text in files.items()
        if ".view()" in text
        for function in functions(text)
        if "view" in doors(function) and doors(function) != ["view"]
    ]


def decided_on(files: Mapping[str, str]) -> list[str]:
    """Places that could decide on what was viewed: whoever is no route."""
    found = []
    known = viewers(files)
    for module, text in files.items():
        names = {
            alias.asname or alias.name
            for node in ast.walk(parsed(text))
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if (node.module or "", alias.name) in known
        }
        if names and "http" not in module.split("."):
            found.append(f"{module} uses {', '.join(sorted(names))}")
        own = {name for where, name in known if where == module}
        found += [
            f"{module}.{function.name}"
            for function in (functions(text) if own else ())
            if function.name not in own and called(function) & own
        ]
    return found


def called(function: ast.AST) -> set[str]:
    return {
        node.func.id for node in ast.walk(function) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def test_whoever_views_does_nothing_else() -> None:
    assert len(viewers(sources())) >= 10
    assert mixed(sources()) == []


def test_only_routes_are_given_what_was_viewed() -> None:
    assert decided_on(sources()) == []


_CASES = {
    "a write beside a view": (
        "chengtuan.modules.trade.usecases.a",
        "async def a(ctx):\n async with ctx.database.view() as db: pass\n async with ctx.database.write() as tx: pass",
    ),
    "two nodes for one page": (
        "chengtuan.modules.trade.usecases.a",
        "async def a(ctx):\n async with ctx.database.view() as x: pass\n async with ctx.database.view() as y: pass",
    ),
    "a use case that decides on a list": (
        "chengtuan.modules.trade.usecases.a",
        "from chengtuan.modules.trade.groups.usecases.read_group import list_merchant_groups",
    ),
    "a facade that answers with a view": (
        "chengtuan.modules.trade.binding",
        "from chengtuan.modules.trade.groups.usecases.read_group import list_merchant_groups as shelf",
    ),
    "a neighbour in the same file": (
        "chengtuan.modules.trade.usecases.a",
        "async def a(ctx):\n async with ctx.database.view() as db: pass\nasync def b(ctx):\n await a(ctx)",
    ),
}


@pytest.mark.parametrize("case", _CASES, ids=str)
def test_it_would_be_seen(case: str) -> None:
    module, text = _CASES[case]
    files = sources() | {module: text}
    assert mixed(files) + decided_on(files)


_HOT = "a hot page: read once for everybody, at the moment of a change"
MUST_BE_CURRENT = {
    "browse_shelf": _HOT,
    "list_categories": _HOT,
    "list_joinable_groups": _HOT,
    "list_addresses": "saved a moment ago, on this page",
    "list_colleagues": "same",
    "list_templates": "same, and an edit names the version that it shows",
    "list_differences": "compared or explained a moment ago, on this page",
    "list_product_freights": "chosen a moment ago, on this page, and a choice names the version that it shows",
    "list_staff": "a facade's answer: whoever asks may decide on it",
    "list_orders": "placed a moment ago, by this person",
    "list_holds": "taken a moment ago, by this person",
    "list_stock_movements": "counted a moment ago, on this page",
}
"""Lists that are read, and why."""


def lists_that_read(files: Mapping[str, str]) -> set[str]:
    return {
        function.name
        for module, text in files.items()
        if "usecases" in module.split(".")
        for function in functions(text)
        if function.name.startswith(("list_", "count_", "search_", "summarise_", "browse_"))
        and "read" in doors(function)
    }


def test_lists_and_counts_are_views_unless_there_is_a_reason() -> None:
    assert lists_that_read(sources()) == MUST_BE_CURRENT.keys()
    planted = "async def list_coupons(ctx):\n async with ctx.database.read() as db: pass"
    assert lists_that_read({"chengtuan.modules.trade.wallet.usecases.a": planted}) == {"list_coupons"}


def test_a_view_is_no_session_that_decides() -> None:
    """The rest is mypy's: a function that decides takes a `ReadSession` or a `WriteSession`."""
    assert not issubclass(ViewSession, ReadSession | WriteSession)
    assert not hasattr(ViewSession, "execute")
