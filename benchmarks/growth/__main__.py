"""`python -m benchmarks.growth` (`make bench-growth`): what takes longer when there is more.

Asked of towns of rising size, each with a database and a server of its own. The same looks are taken at all of them in
turns; then once more while PostgreSQL says what it looked at. A look at the largest town that takes longer than at the
smallest is a fault, unless the table says why it has to.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.growth.fill import Size
from benchmarks.growth.looks import catalogue
from benchmarks.growth.place import REST_S, Place, curves, opened, prepared
from benchmarks.growth.report import plot, section, show, write
from benchmarks.pages import ROOT, SPEED, put_into
from benchmarks.results import commit_of
from benchmarks.table import machine

SIZES = (
    Size(1_000, 10_000, 10),
    Size(10_000, 100_000, 1_000),
    Size(100_000, 1_000_000, 10_000),
    Size(1_000_000, 10_000_000, 100_000),
)
_RESULTS = Path(__file__).parents[1] / "results" / "growth.json"
_PICTURE = SPEED.with_name("growth.svg")


def main(words: Sequence[str] | None = None) -> None:
    arguments = _arguments(words)
    looks = {name: ask for name, ask in catalogue().items() if arguments.only in name}
    with tempfile.TemporaryDirectory(prefix="chengtuan-growth-") as folder, ExitStack() as stack:
        towns = arguments.keep or Path(folder)
        sizes = arguments.sizes or SIZES[: arguments.towns]
        systems = [prepared(stack, towns, size, keep=arguments.keep is not None) for size in sizes]
        with ExitStack() as servers:
            places = [opened(servers, system, size) for system, size in zip(systems, sizes, strict=True)]
            for turn in range(arguments.rounds):
                began = time.monotonic()
                for name, ask in looks.items():
                    for place in places:
                        place.time(name, ask, turn)
                time.sleep(max(0.0, began + REST_S - time.monotonic()))
            for place in places:
                place.look(looks, arguments.rounds)
        if not arguments.only:
            for place in places:
                place.be_alone()
        found = curves(places)
        print(show(sizes, found))
        if arguments.worst:
            _show_worst(places)
        if arguments.out:
            said = machine(systems[0].cluster.programs.binaries.version)
            write(arguments.out, said, commit_of(ROOT), sizes, found)
            _PICTURE.write_text(plot(sizes, found), encoding="utf-8")
            put_into(SPEED, "bench-growth", section(arguments.out, _PICTURE.name))


def _show_worst(places: list[Place]) -> None:
    """Plans of what looks at more pages where there is more."""
    first, last = places[0], places[-1]
    for name, looked in last.looked.items():
        if looked.pages > 1.3 * first.looked[name].pages + 20:
            print(f"\n{name}: {first.looked[name].pages}, {looked.pages} pages\n{looked.worst}")


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument(
        "--towns", type=int, default=3, help="how many sizes, each ten times the one before (default 3)"
    )
    parser.add_argument("--sizes", type=_size, nargs="+", metavar="PRODUCTS:ORDERS:GROUPS", help="others than those")
    parser.add_argument("--rounds", type=int, default=20, help="how often each look is taken (default 20)")
    parser.add_argument("--only", default="", help="looks that have this in their name")
    parser.add_argument("--keep", type=Path, help="a folder where the filled towns stay, and are found the next time")
    parser.add_argument("--worst", action="store_true", help="print the plans that look at more pages")
    parser.add_argument("--out", type=Path, nargs="?", const=_RESULTS, help="keep it: file, plot, and the page's table")
    return parser.parse_args(words)


def _size(word: str) -> Size:
    return Size(*map(int, word.split(":")))


if __name__ == "__main__":
    main()
