"""Rows of a run: the file, the lines that are printed, and the table of the README."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.peers.measure import Crowd, Measured

WORKLOADS = ("product_detail", "product_list", "order", "order_last_step")
OURS = {"order_last_step": "order"}
"""Our order is one request: its last step is all of it."""
_WORDS = {
    "product_detail": "a product's page",
    "product_list": "a page of 20 products",
    "order": "an order, whole",
    "order_last_step": "its last request alone",
}


@dataclass(frozen=True)
class PeerRow:
    """A peer's workload beside ours, measured just before it; `ratio` is ours ÷ theirs."""

    row: str
    version: str
    theirs: Measured
    ours: Measured
    ratio: float


@dataclass(frozen=True)
class Shop:
    """All of one product. Of our own, `rows` are beside none."""

    name: str
    title: str
    version: str
    rows: Sequence[PeerRow]
    crowd: Crowd | None


def beside(name: str, version: str, theirs: Mapping[str, Measured], ours: Mapping[str, Measured]) -> list[PeerRow]:
    """A row for each workload that the peer has."""
    pairs = [(work, theirs[work], ours[OURS.get(work, work)]) for work in WORKLOADS if work in theirs]
    return [PeerRow(f"peer:{name}:{work}", version, one, own, own.rps / max(one.rps, 1e-9)) for work, one, own in pairs]


def show(shops: Iterable[Shop]) -> str:
    """What is printed."""
    head = f"{'row':<34} {'per s':>8} {'p50 ms':>8} {'p99 ms':>8} {'CPU ms':>7} {'ours':>8} {'ratio':>7}  best with"
    lines = [head]
    for shop in shops:
        lines += [
            f"{row.row:<34} {row.theirs.rps:>8.1f} {row.theirs.p50_ms:>8.1f} {row.theirs.p99_ms:>8.1f}"
            f" {_cpu(row.theirs):>7.2f} {row.ours.rps:>8.0f} {row.ratio:>7.0f}"
            f"  {row.theirs.arrangement}, {row.theirs.concurrency} clients"
            for row in shop.rows
        ]
    return "\n".join([*lines, "", *(_say(shop) for shop in shops if shop.crowd)])


def _say(shop: Shop) -> str:
    crowd = shop.crowd
    assert crowd
    verdict = "OVERSOLD" if crowd.oversold else "exact" if crowd.sold == crowd.stock else "undersold"
    return (
        f"little stock, {shop.title}: {crowd.stock} units, {crowd.buyers} buyers: accepted {crowd.told},"
        f" sold {crowd.sold}, allocated {crowd.allocated}, left {crowd.left}, in {crowd.seconds:.1f} s: {verdict}"
    )


def as_markdown(shops: Sequence[Shop]) -> str:
    """Of the same rows, two short tables: rates with ratios, and what became of little stock."""
    peers = [shop for shop in shops if shop.rows]
    lines = ["| | " + " | ".join(f"{shop.title} {shop.version}" for shop in peers) + " |", _rule(len(peers) + 1)]
    for work in WORKLOADS:
        cells = [next((_cell(row) for row in shop.rows if row.row.endswith(f":{work}")), "–") for shop in peers]
        lines.append(f"| {_WORDS[work]} | " + " | ".join(cells) + " |")
    lines += ["", "| little stock | accepted | sold | allocated | left | |", _rule(6)]
    lines += [_stock_line(shop, shop.crowd) for shop in shops if shop.crowd]
    return "\n".join(lines)


def _cell(row: PeerRow) -> str:
    theirs, ours = row.theirs, row.ours
    return (
        f"{theirs.rps:.0f} of {ours.rps:.0f}/s: **{row.ratio:.0f}×**; p99 {theirs.p99_ms:.0f} of {ours.p99_ms:.0f} ms"
        + (f"; CPU {_cpu(theirs):.1f} of {_cpu(ours):.2f} ms" if _cpu(theirs) else "")
    )


def _stock_line(shop: Shop, crowd: Crowd) -> str:
    verdict = "**oversold**" if crowd.oversold else "exact" if crowd.sold == crowd.stock else "undersold"
    return f"| {shop.title} | {crowd.told} | {crowd.sold} | {crowd.allocated} | {crowd.left} | {verdict} |"


def _rule(columns: int) -> str:
    return "|" + "---|" * columns


def _cpu(measured: Measured) -> float:
    return measured.server_ms + measured.postgres_ms


def write(path: Path, shops: Sequence[Shop], *, machine: str, commit: str) -> None:
    """The file that keeps a run."""
    document = {
        "commit": commit,
        "machine": machine,
        "rows": [asdict(row) for shop in shops for row in shop.rows],
        "little_stock": [
            {"row": f"peer:{shop.name}:little_stock", **asdict(shop.crowd), "oversold": shop.crowd.oversold}
            for shop in shops
            if shop.crowd
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(_rounded(document), indent=1) + "\n")


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, Mapping):
        return {name: _rounded(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return value
