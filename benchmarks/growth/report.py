"""What was measured: a table, a file, a plot, and the section of the page about speed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.growth.fill import Size, short

MOST = 1.3
"""A look at the largest town may take so many times what it takes at the smallest."""
_WIDTH, _HEIGHT, _LEFT, _TOP = 760, 420, 60, 30


@dataclass(frozen=True)
class Curve:
    """A look, with a figure for each town, the smallest first. `pages` of the database; none of what is done alone."""

    name: str
    p50_ms: Sequence[float]
    p95_ms: Sequence[float]
    pages: Sequence[int]
    linear: bool = False

    @property
    def ratio(self) -> float:
        return self.p50_ms[-1] / self.p50_ms[0]

    @property
    def pages_ratio(self) -> float | None:
        return self.pages[-1] / max(1, self.pages[0]) if self.pages else None

    @property
    def remark(self) -> str:
        """Pages are counted and times are measured: what looks at no more pages is slower by chance."""
        if self.linear:
            return "looks at everything"
        grows = self.ratio > MOST and (self.pages_ratio is None or self.pages_ratio > MOST)
        return "grows" if grows else ""


def show(sizes: Sequence[Size], curves: Sequence[Curve]) -> str:
    head = "".join(f"{short(size.orders):>10}" for size in sizes)
    lines = [f"{'p50 ms among so many orders':<40}{head}{'ratio':>8}{'p95':>8}  {'pages':<24}"]
    for curve in curves:
        times = "".join(f"{ms:>10.2f}" for ms in curve.p50_ms)
        pages = " ".join(str(count) for count in curve.pages)
        lines.append(f"{curve.name:<40}{times}{curve.ratio:>8.2f}{curve.p95_ms[-1]:>8.1f}  {pages:<24}{curve.remark}")
    return "\n".join(lines)


def write(path: Path, machine: str, commit: str, sizes: Sequence[Size], curves: Sequence[Curve]) -> None:
    document = {
        "commit": commit,
        "machine": machine,
        "towns": [asdict(size) for size in sizes],
        "curves": [
            {
                "name": curve.name,
                "p50_ms": [round(ms, 2) for ms in curve.p50_ms],
                "p95_ms": [round(ms, 2) for ms in curve.p95_ms],
                "ratio": round(curve.ratio, 2),
                "pages": list(curve.pages),
                "linear": curve.linear,
            }
            for curve in curves
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read(path: Path) -> tuple[Mapping[str, object], list[Size], list[Curve]]:
    document = json.loads(path.read_text(encoding="utf-8"))
    curves = [
        Curve(each["name"], each["p50_ms"], each["p95_ms"], each["pages"], each["linear"])
        for each in document["curves"]
    ]
    return document, [Size(**each) for each in document["towns"]], curves


def section(path: Path, picture: str) -> str:
    """The page's part about growth, of the file that was written."""
    document, sizes, curves = read(path)
    towns = "; ".join(f"{short(size.products)} products, {short(size.orders)} orders" for size in sizes)
    lines = [
        f"Measured at {document['commit']} on {document['machine']}: {towns}. `pages` are those of the database that a",
        "look reads, which says more than its time on a machine that has other things to do.",
        "",
        f"![How times grow with the number of orders]({picture})",
        "",
        "| look | " + " | ".join(f"p50 ms, {short(size.orders)}" for size in sizes) + " | ratio | p95 ms | pages | |",
        "|---|" + "---|" * (len(sizes) + 4),
    ]
    for curve in curves:
        times = " | ".join(f"{ms:.1f}" for ms in curve.p50_ms)
        pages = " → ".join(str(count) for count in curve.pages)
        lines.append(
            f"| {curve.name} | {times} | {curve.ratio:.2f} | {curve.p95_ms[-1]:.1f} | {pages} | {curve.remark} |"
        )
    return "\n".join(lines) + "\n"


def plot(sizes: Sequence[Size], curves: Sequence[Curve]) -> str:
    """Ratios to the smallest town over its size, as a plain SVG: one thin line a look, and the limit."""
    highest = max(4.0, *(ms / curve.p50_ms[0] for curve in curves if not curve.linear for ms in curve.p50_ms))
    across = [_LEFT + index * (_WIDTH - 2 * _LEFT) / max(1, len(sizes) - 1) for index in range(len(sizes))]

    def up(ratio: float) -> float:
        return _HEIGHT - _TOP - min(ratio, highest) / highest * (_HEIGHT - 2 * _TOP)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
    ]
    for step in range(int(highest) + 1):
        parts.append(f'<path d="M{_LEFT} {up(step):.0f}H{_WIDTH - _LEFT}" stroke="#ddd"/>')
        parts.append(
            f'<text font-size="12" x="{_LEFT - 8}" y="{up(step) + 4:.0f}" text-anchor="end" fill="#555">{step}</text>'
        )
    for x, size in zip(across, sizes, strict=True):
        label = f"{short(size.orders)} orders"
        parts.append(
            f'<text font-size="12" x="{x:.0f}" y="{_HEIGHT - 8}" text-anchor="middle" fill="#555">{label}</text>'
        )
    for curve in curves:
        if curve.linear:
            continue
        points = " ".join(f"{x:.0f},{up(ms / curve.p50_ms[0]):.1f}" for x, ms in zip(across, curve.p50_ms, strict=True))
        colour = "#b3261e" if curve.remark else "#3a6ea5"
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-opacity="0.5">'
            f"<title>{curve.name}</title></polyline>"
        )
    parts.append(f'<path d="M{_LEFT} {up(MOST):.1f}H{_WIDTH - _LEFT}" stroke="#222" stroke-dasharray="5 4"/>')
    parts.append(f'<text font-size="12" x="{_WIDTH - _LEFT + 4}" y="{up(MOST) + 4:.0f}" fill="#222">{MOST}</text>')
    parts.append(f'<text font-size="12" x="{_LEFT}" y="18" fill="#222">time ÷ time at the smallest town</text></svg>')
    return "\n".join(parts) + "\n"
