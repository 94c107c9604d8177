"""Pages that measurements write into have a place for each, and nothing else of them changes."""

from pathlib import Path

import pytest

from benchmarks.pages import ROOT, SPEED, marks, put_into

README = ROOT / "benchmarks" / "peers" / "README.md"


@pytest.mark.parametrize(("page", "command"), [(SPEED, "bench"), (SPEED, "bench-growth"), (README, "bench-peers")])
def test_a_page_has_the_place_that_is_written_into(page: Path, command: str, tmp_path: Path) -> None:
    copy = tmp_path / page.name
    copy.write_text(page.read_text(encoding="utf-8"), encoding="utf-8")
    put_into(copy, command, "another table")
    begin, end = marks(command)
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    assert copy.read_text(encoding="utf-8") == f"{before}{begin}\n\nanother table\n\n{end}{rest.partition(end)[2]}"


def test_a_page_without_the_place_is_no_quiet_success(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Nothing here\n")
    with pytest.raises(ValueError, match="has no place"):
        put_into(page, "bench", "a table")
