"""What tests cost, told at the end of a run; and the order in which they come, so that none may depend on it.

Processor time is what a test itself makes a machine do: on a busy one it takes as much of it and longer. What servers
of its own and PostgreSQL do is not in it.
"""

import random
import time
from collections import defaultdict
from collections.abc import Generator, Iterable
from pathlib import PurePosixPath

import pytest

_CPU = "cpu_s"
_SLOWEST = 15


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("chengtuan")
    group.addoption("--cpu-budget", type=float, metavar="S", help="fail a test that takes more, unless it is slow")
    group.addoption("--shuffle", type=int, metavar="SEED", help="run files, and the tests of each, in another order")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    seed = config.getoption("--shuffle")
    if seed is not None:
        items[:] = shuffled(items, seed)


def shuffled(items: Iterable[pytest.Item], seed: int) -> list[pytest.Item]:
    """Files stay together: their fixtures do."""
    files: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        files[item.nodeid.partition("::")[0]].append(item)
    chance = random.Random(seed)
    order = list(files)
    chance.shuffle(order)
    for tests in files.values():
        chance.shuffle(tests)
    return [item for file in order for item in files[file]]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    began = time.process_time()
    try:
        return (yield)
    finally:
        item.user_properties.append((_CPU, time.process_time() - began))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    budget = item.config.getoption("--cpu-budget")
    if budget is not None and report.when == "call" and report.passed and item.get_closest_marker("slow") is None:
        spent = _cpu_of(report)
        if spent > budget:
            report.outcome = "failed"
            report.longrepr = (
                f"{item.nodeid} took {spent:.1f} s of processor time, and a quick test may take {budget:.1f} s: make"
                " it cheaper, or mark it slow"
            )
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [r for kind in terminalreporter.stats.values() for r in kind if isinstance(r, pytest.TestReport)]
    if len({report.nodeid for report in reports}) < _SLOWEST:
        return
    terminalreporter.section("what it cost")
    for line in account(reports):
        terminalreporter.write_line(line)


def account(reports: Iterable[pytest.TestReport]) -> list[str]:
    """The slowest tests and every folder, with seconds of the clock, set-up and all, and of the processor."""
    tests: dict[str, float] = defaultdict(float)
    folders: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    cpu: dict[str, float] = {}
    for report in reports:
        tests[report.nodeid] += report.duration
        folder = folders[_folder(report.nodeid)]
        folder[0] += report.duration
        if report.when == "call":
            cpu[report.nodeid] = _cpu_of(report)
            folder[1] += cpu[report.nodeid]
    slowest = sorted(tests, key=lambda test: -tests[test])[:_SLOWEST]
    return [
        "  clock s  processor s",
        *(f"{tests[test]:9.2f} {cpu.get(test, 0):9.2f}  {test}" for test in slowest),
        "",
        *(f"{wall:9.1f} {spent:9.1f}  {name}" for name, (wall, spent) in sorted(folders.items())),
        f"{sum(wall for wall, _ in folders.values()):9.1f} {sum(cpu.values()):9.1f}  together",
    ]


def _folder(test: str) -> str:
    return str(PurePosixPath(test.partition("::")[0]).parent)


def _cpu_of(report: pytest.TestReport) -> float:
    return next((float(str(value)) for name, value in report.user_properties if name == _CPU), 0.0)
