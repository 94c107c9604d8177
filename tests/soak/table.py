"""The samples as people read them."""

from collections.abc import Iterator, Sequence

from tests.soak.watch import Sample

HEAD = (
    f"{'minute':>7} {'visits/s':>9} {'errors':>7} {'p50 ms':>7} {'p99 ms':>7} {'server':>7} {'sandbox':>8}"
    f" {'postgres':>9} {'files':>6} {'sessions':>9} {'database':>9}"
)
_MOST_TABLES = 12


def line(sample: Sample, before: Sample | None) -> str:
    seconds = sample.at_s - (before.at_s if before else 0.0)
    visits = sample.visits - (before.visits if before else 0)
    return (
        f"{sample.at_s / 60:>7.1f} {visits / max(seconds, 1e-9):>9.1f} {sample.errors:>7} {sample.p50_ms:>7.1f}"
        f" {sample.p99_ms:>7.1f} {sample.server_mb:>7.1f} {sample.sandbox_mb:>8.1f} {sample.postgres_mb:>9.1f}"
        f" {sample.files:>6} {sample.sessions:>9} {sample.database_mb:>9.1f}"
    )


def tables(samples: Sequence[Sample]) -> Iterator[str]:
    """Those that grew most, in megabytes, and by how many bytes a visit: orders are kept, so some have to."""
    first, last = samples[0], samples[-1]
    visits = max(1, last.visits - first.visits)
    grown = {name: size - first.tables.get(name, 0.0) for name, size in last.tables.items()}
    for name, growth in sorted(grown.items(), key=lambda each: -each[1])[:_MOST_TABLES]:
        each = growth * 2**20 / visits
        yield f"{name:<36} {last.tables[name]:>9.1f} MB  {growth:>+8.1f} MB  {each:>8.0f} bytes a visit"
