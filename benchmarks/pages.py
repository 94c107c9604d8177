"""Tables that a measurement writes into a page of the documentation, between two marks that the page has."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
SPEED = ROOT / "docs" / "explanation" / "speed.md"


def marks(command: str) -> tuple[str, str]:
    return f"<!-- made by make {command} -->", f"<!-- end of make {command} -->"


def put_into(page: Path, command: str, text: str) -> None:
    """In place of what stands between the marks of the command. Raises ValueError for a page without them."""
    (begin, end), whole = marks(command), page.read_text(encoding="utf-8")
    before, found, rest = whole.partition(begin)
    _, ended, after = rest.partition(end)
    if not (found and ended):
        raise ValueError(f"{page} has no place between {begin} and {end}")
    page.write_text(f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}", encoding="utf-8")
