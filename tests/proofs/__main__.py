"""`python -m tests.proofs`: the long versions, with controls, and the page about them."""

import argparse
import signal
import sys
from collections.abc import Sequence

from tests.proofs.catalogue import PROOFS
from tests.proofs.page import PAGE, page
from tests.proofs.proof import Proof
from tests.proofs.run import Run, complaints, findings, run_proof, seeds_of
from tests.proofs.workers import open_workers, proving_ground


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 if every claim holds and every control shows damage, 1 if not, 130 when interrupted."""
    options = _parse(arguments)
    if options.list:
        for proof in PROOFS:
            _say(f"  {proof.slug:<24} {proof.long:>6} rounds  {proof.claim}")
        return 0
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that PostgreSQL is taken down as well
    chosen = [proof for proof in PROOFS if not options.only or proof.slug in options.only]
    try:
        runs, text = _run_all(chosen, options)
    except KeyboardInterrupt:
        _say("\n  Interrupted.")
        return 130
    _say("")
    for run in runs:
        for line in (*findings(run), *complaints(run)):
            _say(f"  {line}")
    if _whole(options):
        PAGE.write_text(text, encoding="utf-8")
        _say(f"\n  Written: {PAGE}")
    return 0 if all(run.holds for run in runs) else 1


def _run_all(chosen: Sequence[Proof], options: argparse.Namespace) -> tuple[list[Run], str]:
    runs = []
    with proving_ground() as (cluster, folder):
        for proof in chosen:
            with open_workers(cluster, folder, proof.workers, options.logs) as workers:
                runs.append(run_proof(proof, workers, seeds_of(proof, options.rounds, options.seed)))
        return runs, page(runs, cluster)


def _whole(options: argparse.Namespace) -> bool:
    """The page tells of whole runs only."""
    return not options.only and options.rounds is None and options.seed is None


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.proofs", description=__doc__)
    slugs = [proof.slug for proof in PROOFS]
    parser.add_argument("--only", action="append", choices=slugs, help="this proof; may be given again")
    parser.add_argument("--rounds", type=int, help="so many rounds instead of the long version's")
    parser.add_argument("--seed", type=int, help="the one round with this seed")
    parser.add_argument("--list", action="store_true", help="what there is")
    parser.add_argument("--logs", default="critical", help="the product's log level while rounds run")
    return parser.parse_args(arguments)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
