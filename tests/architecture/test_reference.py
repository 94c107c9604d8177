"""docs/reference says what the code says."""

from pathlib import Path

from chengtuan.apps.cli import cli
from chengtuan.apps.reference import reference_pages
from chengtuan.apps.reference.description import unconnected_product
from chengtuan.kernel.problems import Problem
from chengtuan.platform.events import declared_events

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
NOT_FROM_CODE = {"features.md", "features.toml", "proofs.md"}
"""From `features.toml` and the tests, see `test_features.py`; by `make prove`, with its date."""


def ours(kind: type) -> bool:
    """Other tests may declare problems and events of their own."""
    return kind.__module__.startswith("chengtuan.")


def stale_pages(folder: Path) -> list[str]:
    """Pages that differ from what the code gives, or that nothing writes."""
    pages = reference_pages(cli)
    found = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir() if path.name not in NOT_FROM_CODE}
    return sorted(name for name in pages.keys() | found.keys() if pages.get(name) != found.get(name))


def test_the_reference_in_git_is_what_the_code_says() -> None:
    assert stale_pages(FOLDER) == [], "run `make docs`"


def test_a_stale_page_is_noticed(tmp_path: Path) -> None:
    for name, text in reference_pages(cli).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert stale_pages(tmp_path) == []
    (tmp_path / "events.md").write_text("changed by hand", encoding="utf-8")
    (tmp_path / "proofs.md").write_text("written by another command", encoding="utf-8")
    (tmp_path / "left-over.md").write_text("nobody writes this any more", encoding="utf-8")
    (tmp_path / "jobs.md").unlink()
    assert stale_pages(tmp_path) == ["events.md", "jobs.md", "left-over.md"]


def test_nothing_is_left_out() -> None:
    pages = reference_pages(cli)
    assert all(f"`{code}`" in pages["problems.md"] for code, kind in Problem.all_kinds().items() if ours(kind))
    assert all(f"`{name}`" in pages["events.md"] for name, kind in declared_events().items() if ours(kind))
    product = unconnected_product()
    for path in product.api.openapi()["paths"]:
        assert f"`{path}`" in pages["routes.md"]
    assert "|  |\n" not in pages["jobs.md"], "every job says what it does: its use case or move has its name"
    assert all(f"## {name}" in pages["states.md"] for name in ("payments: refund", "trade: order"))
    for module in product.composition.running.values():
        assert all(f"`{job.kind}`" in pages["jobs.md"] for job in module.built.jobs)
