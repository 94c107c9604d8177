"""No file imports itself by a detour: whoever reads one can begin at the bottom."""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

import grimp
import pytest


def imports() -> dict[str, set[str]]:
    """Every file with those that it imports, also where only types are checked or within a function."""
    graph = grimp.build_graph("chengtuan", exclude_type_checking_imports=False)
    return {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    """One of the circles, or none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def test_no_file_imports_itself_by_a_detour() -> None:
    assert circle(imports()) == []


@pytest.mark.parametrize("planted", ["chengtuan.kernel.ids", "chengtuan.platform.database"])
def test_a_circle_would_be_seen(planted: str) -> None:
    graph = imports()
    graph[planted] = graph[planted] | {"chengtuan.platform.relay"}
    graph["chengtuan.platform.relay"] = graph["chengtuan.platform.relay"] | {planted}
    assert set(circle(graph)) >= {planted, "chengtuan.platform.relay"}
