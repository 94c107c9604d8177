"""Compose the demo shop's pictures: `python demo/compose.py --out .data/media`.

Run `npm ci` in this folder first. Only what changed is drawn again; equal input gives equal bytes.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from demo.artwork import library  # noqa: E402  (a script finds the package only after the line above)
from demo.artwork.plan import Job, jobs, sources_digest  # noqa: E402

STATE = ".compose.json"


def _pending(out: Path, wanted: list[Job], sources: str) -> tuple[list[Job], dict[str, str]]:
    state_file = out / STATE
    known: dict[str, str] = json.loads(state_file.read_text()) if state_file.exists() else {}
    stale = [
        job
        for job in wanted
        if known.get(job.files[0]) != job.digest(sources) or not all((out / f).exists() for f in job.files)
    ]
    return stale, known


def _write(task: tuple[Job, Path]) -> Job:
    job, out = task
    job.write(out)
    return job


def _remember(out: Path, known: dict[str, str]) -> None:
    draft = out / f"{STATE}.part"
    draft.write_text(json.dumps(known, indent=0, sort_keys=True) + "\n")
    draft.replace(out / STATE)


def _run(out: Path, stale: list[Job], known: dict[str, str], sources: str, workers: int) -> None:
    bodies = library.read_bodies(slug for job in stale for slug in job.emoji)
    context = multiprocessing.get_context("spawn")
    tasks = [(job, out) for job in stale]
    try:
        with context.Pool(workers, initializer=library.use_bodies, initargs=(bodies,)) as pool:
            for done, job in enumerate(pool.imap_unordered(_write, tasks, chunksize=2), start=1):
                known[job.files[0]] = job.digest(sources)
                if done % 10 == 0 or done == len(stale):
                    print(f"  {done}/{len(stale)} {job.kind}/{job.key}", flush=True)
    finally:
        _remember(out, known)  # also after Ctrl-C: the next run goes on where this one stopped


def main(argv: list[str] | None = None) -> int:
    """Compose what is missing or out of date; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder served as /media")
    parser.add_argument("--only", action="append", metavar="KEY", help="only this product, category …")
    parser.add_argument("--workers", type=int, default=min(2, multiprocessing.cpu_count()))
    options = parser.parse_args(argv)
    started = time.monotonic()
    options.out.mkdir(parents=True, exist_ok=True)
    wanted = [job for job in jobs() if not options.only or job.key in options.only]
    sources = sources_digest()
    stale, known = _pending(options.out, wanted, sources)
    try:
        if stale:
            _run(options.out, stale, known, sources, options.workers)
    except library.ArtMissing as missing:
        print(missing, file=sys.stderr)
        return 1
    took = time.monotonic() - started
    print(f"pictures: {len(stale)} drawn, {len(wanted) - len(stale)} up to date, {took:.1f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
