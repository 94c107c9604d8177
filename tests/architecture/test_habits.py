"""Habits that a reader cannot check by eye in a hundred thousand lines: who opens transactions, what SQL may say."""

import ast
import importlib
import pkgutil
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from statistics import quantiles

import pytest

from chengtuan.gateways.wechat.miniprogram import MAX_PARCELS
from chengtuan.modules.trade import limits

ROOT = Path(__file__).parents[2]
MODULES = ROOT / "src" / "chengtuan" / "modules"
Function = ast.FunctionDef | ast.AsyncFunctionDef

MOST_POSITIONS = 6
"""`%s` of one row that a reader still counts; beyond, values have names."""
MOST_LINES, MANY_LINES, P90_LINES = 400, 250, 20
"""Of a file, of one that is warned of, and of nine functions in ten."""


def rooms(path: Path) -> tuple[str, ...]:
    return path.relative_to(MODULES).with_suffix("").parts


@cache
def sources() -> Mapping[tuple[str, ...], str]:
    written = (path for path in MODULES.rglob("*.py") if "versions" not in path.parts)
    return {rooms(path): path.read_text(encoding="utf-8") for path in written}


@cache
def parsed(text: str) -> ast.Module:
    return ast.parse(text)


def public(text: str) -> Iterator[Function]:
    for node in parsed(text).body:
        if isinstance(node, Function) and not node.name.startswith("_"):
            yield node


def arguments(function: Function) -> list[str]:
    given = function.args
    return [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]


def opens(text: str) -> bool:
    """Whether anything here opens a session of the database."""
    return any(
        isinstance(node, ast.Attribute) and node.attr in {"read", "view", "write"} and "database" in ast.unparse(node)
        for node in ast.walk(parsed(text))
    )


def in_the_wrong_room(files: Mapping[tuple[str, ...], str]) -> list[str]:
    """Entries that are handed a transaction, and steps that are not, or that open one."""
    found = []
    for where, text in files.items():
        if "usecases" in where:
            found += [f"{'.'.join(where)}.{f.name}" for f in public(text) if "tx" in arguments(f)]
        if "moves" in where:
            found += [f"{'.'.join(where)}.{f.name}" for f in public(text) if arguments(f)[:1] != ["tx"]]
            found += [".".join(where)] * opens(text)
    return found


def test_use_cases_open_transactions_and_moves_are_handed_one() -> None:
    assert len([where for where in sources() if "moves" in where]) >= 10
    assert in_the_wrong_room(sources()) == []


@pytest.mark.parametrize(
    ("room", "text"),
    [
        ("usecases", "async def pay(ctx, tx): ..."),
        ("moves", "async def pay(ctx, tx): ..."),
        ("moves", "async def pay(tx, ctx):\n async with ctx.database.write() as other: ..."),
    ],
)
def test_a_function_in_the_wrong_room_would_be_seen(room: str, text: str) -> None:
    assert in_the_wrong_room({("trade", "wallet", room, "pay"): text})
    assert not in_the_wrong_room({("trade", "wallet", room, "pay"): "async def _pay(ctx, tx): ..."})


def constants(text: str) -> Iterator[str]:
    """Strings as they are written, with neighbours and sums put together."""

    def whole(node: ast.AST) -> str | None:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        if isinstance(node, ast.JoinedStr):
            return "".join(whole(part) or "?" for part in node.values)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return (whole(node.left) or "?") + (whole(node.right) or "?")
        return None

    for node in ast.walk(parsed(text)):
        if (found := whole(node)) is not None:
            yield found


def counted_values(sql: str) -> int:
    """The longest row of bare `%s` that is inserted."""
    rows = re.findall(r"\bvalues\s*\(((?:[^()]|\([^()]*\))*)\)", sql, re.IGNORECASE)
    return max((row.count("%s") for row in rows), default=0)


def counted_by_eye(texts: Iterable[str]) -> list[str]:
    return [sql[:60] for text in texts for sql in constants(text) if counted_values(sql) > MOST_POSITIONS]


def test_no_row_is_inserted_by_position() -> None:
    assert counted_by_eye(sources().values()) == []
    assert counted_by_eye(['q = "insert into coupon (a) values (" "%s, %s, %s, %s, %s, %s, %s)"'])
    assert not counted_by_eye(['q = "insert into coupon (a, b) values (%(a)s, %(b)s)"'])


_WRITTEN = re.compile(r"(?:\bset\s+|,\s*)status\s*=\s*'", re.IGNORECASE)
_NAMED = re.compile(r"\bstatus\s*(?:=|<>|(?:not\s+)?in)\s*(\([^)]*\)|'[^']*')", re.IGNORECASE)


def states_written(texts: Iterable[str]) -> list[str]:
    """Statements that write a state of their own: which state follows which is a table's to say."""
    return [sql[:60] for text in texts for sql in constants(text) if _WRITTEN.search(sql)]


def states_named(text: str) -> set[str]:
    """States that conditions name. (A partial index is found by its literal, so there are some.)"""
    groups = (found for sql in constants(text) for found in _NAMED.findall(sql))
    return {name for group in groups for name in re.findall(r"'([^']*)'", group)}


@cache
def states_of(module: str) -> frozenset[str]:
    """All states that a module declares."""
    package = importlib.import_module(f"chengtuan.modules.{module}")
    names = [each.name for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    kinds = [
        kind
        for name in names
        if not {"migrations", "http"} & set(name.split("."))
        for kind in vars(importlib.import_module(name)).values()
        if isinstance(kind, type) and issubclass(kind, StrEnum) and kind.__name__.endswith("Status")
    ]
    return frozenset(str(state) for kind in kinds for state in kind)


def test_states_are_written_from_their_tables() -> None:
    assert states_written(sources().values()) == []
    assert states_written(["q = \"update coupon set status = 'used' where id = %s\""])
    assert not states_written(["q = \"update coupon set at = case when status = 'used' then 1 end\""])


def test_states_that_sql_names_exist() -> None:
    named = {where: names for where, text in sources().items() if (names := states_named(text))}
    assert len(named) >= 10
    assert {where: unknown for where, names in named.items() if (unknown := names - states_of(where[0]))} == {}
    assert states_named("q = \"where o.status not in ('refnded', 'paid')\"") - states_of("trade") == {"refnded"}


def asking_nobody(texts: Iterable[str]) -> list[str]:
    """Routes with an id in their address and a signed-in person, of whom they pass on nothing.

    That the statement behind uses what it is given is tried, on every such route, by `tests/api/test_ownership.py`.
    """
    return [
        function.name
        for text in texts
        for function in ast.walk(parsed(text))
        if isinstance(function, Function)
        and any("_id}" in ast.unparse(decorator) for decorator in function.decorator_list)
        and (people := {each.arg for each in function.args.args} & {"_", "manager", "shopper", "staff"})
        and not people & {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    ]


def test_an_id_goes_along_with_whose_it_is() -> None:
    shown = [text for where, text in sources().items() if "http" in where]
    assert asking_nobody(shown) == []
    planted = '@router.get("/{coupon_id}")\nasync def read_coupon(coupon_id: UUID, shopper: CurrentShopper):\n'
    assert asking_nobody([planted + " return await get_coupon(ctx, coupon_id)"]) == ["read_coupon"]
    assert asking_nobody([planted + " return await get_coupon(ctx, coupon_id, shopper.ids)"]) == []


_SQL_WORDS = re.compile(r"(?<![<\w])(select|insert\s+into|update|delete\s+from)\s", re.IGNORECASE)
"""Somewhere in a text; not the element of a page."""
_WAYS = {"format", "format_map", "join", "replace"}
OF_NAMES = {
    "chengtuan/platform/inserting.py": "insert(), of the names in a module's model",
    "chengtuan/platform/by_state.py": "lists and counts, of tables and columns that constants of the callers name",
    "chengtuan/modules/payments/rows/ledger_sums.py": "of_scope(), one merchant's or all",
    "chengtuan/modules/trade/freight/rows/products.py": "of_scope(), one merchant's or all",
    "chengtuan/modules/trade/orders/rows/search.py": "of_scope(), and constants for each way to read a query",
    "chengtuan/modules/trade/activities/rows/narrowing.py": "of_scope(), and constants for each way to narrow a list",
    "chengtuan/platform/archive.py": "the archive's table of a month, whose name has no parameter",
}
"""Where SQL is put together of something else, and of what: names of our own, never what somebody sent."""


def composed(text: str) -> Iterator[ast.expr]:
    """What puts a text together, the outermost only: `a + b`, `a % b`, an f-string, `a.format(b)` and its like."""
    found = [node for node in ast.walk(parsed(text)) if isinstance(node, ast.expr) and _composes(node)]
    inner = {id(each) for node in found for each in ast.walk(node) if each is not node}
    yield from (node for node in found if id(node) not in inner)


def _composes(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr in _WAYS and _is_text(node.func.value)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod))


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def other_parts(text: str) -> set[str]:
    """Of which SQL is put together in a file, but for constants: these are written down somewhere, too."""
    parts: set[str] = set()
    for node in composed(text):
        words = " ".join(str(each.value) for each in ast.walk(node) if isinstance(each, ast.Constant))
        if _SQL_WORDS.search(words):
            kinds = ast.Name | ast.Call | ast.Attribute
            parts |= {ast.unparse(each) for each in ast.walk(node) if isinstance(each, kinds)}
    return {part for part in parts if not re.fullmatch(r"_?[A-Z][A-Z0-9_]*", part)}


def test_sql_is_put_together_of_constants_alone() -> None:
    """So that nothing from outside can be in it. In place of the linter's S608, which takes a constant for a danger."""
    source = ROOT / "src"
    texts = {str(path.relative_to(source)): path.read_text(encoding="utf-8") for path in source.rglob("*.py")}
    assert {name for name, text in texts.items() if other_parts(text)} == set(OF_NAMES)


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ('"select a from " + TABLE', set()),
        ('f"select a from t where {_NAMED}"', set()),
        ('f"select a from t where {named}"', {"named"}),
        ('"select a from t where " + ("b = " + named)', {"named"}),
        ('"select a from %s" % named', {"named"}),
        (
            '"select a from {}".format(named)',
            {"named", "'select a from {}'.format", "'select a from {}'.format(named)"},
        ),
        ('"select a from " + table_of(KIND)', {"table_of", "table_of(KIND)"}),
        ('"select a from " + ", ".join(named)', {"named", "', '.join", "', '.join(named)"}),
        ('"select a from " + kept.table', {"kept", "kept.table"}),
        ('"<select name=" + named', set()),
    ],
)
def test_a_part_from_outside_would_be_seen(sql: str, found: set[str]) -> None:
    assert other_parts(f"A = ({sql})") == found


def lengths(folder: str) -> tuple[dict[str, int], list[int]]:
    """Lines of each file, and of each function."""
    paths = [path for path in (ROOT / folder).rglob("*.py") if "versions" not in path.parts]
    texts = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths}
    return {name: len(text.splitlines()) for name, text in texts.items()}, [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for text in texts.values()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, Function)
    ]


@pytest.mark.parametrize("folder", ["src", "tests"])
def test_files_and_functions_stay_short(folder: str) -> None:
    files, functions = lengths(folder)
    for name, lines in sorted(files.items()):
        if lines > MANY_LINES and folder == "src":
            warnings.warn(f"{name} has {lines} lines; look for the two things in it", UserWarning, stacklevel=1)
    assert {name: lines for name, lines in files.items() if lines > MOST_LINES} == {}
    assert quantiles(functions, n=10)[-1] <= P90_LINES


LIMIT = re.compile(r"^export const (\w+) = ([\d_]+)$", re.MULTILINE)
BOUND = re.compile(r"\bbetween \d+ and \d+")


def test_how_much_there_may_be_is_said_once() -> None:
    """Tables and WeChat's client keep the numbers of `limits`, and so do the shop and the console."""
    told = (ROOT / "clients" / "packages" / "api" / "limits.ts").read_text(encoding="utf-8")
    named = {name: int(number) for name, number in LIMIT.findall(told)}
    assert named
    assert named == {name: getattr(limits, name) for name in named}
    assert MAX_PARCELS == limits.MAX_PARCELS
    tables = [text for where, text in sources().items() if where[1:2] == ("models",)]
    assert [bound for text in tables for sql in constants(text) for bound in BOUND.findall(sql)] == []
    assert [bound for sql in constants('C("slot between 1 and 100")') for bound in BOUND.findall(sql)]
    assert [bound for sql in constants('C(f"slot between 1 and {MOST}")') for bound in BOUND.findall(sql)] == []


def test_documents_are_read_by_with_terms() -> None:
    """What SQL needs of a group's terms by itself has a name there."""
    reading = re.compile(r"\bterms\s*->")
    found = {where for where, text in sources().items() for sql in constants(text) if reading.search(sql)}
    assert found == {("trade", "activities", "rows", "with_terms"), ("trade", "models", "activities")}
