"""Run proofs and their controls, and gather what they showed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.proofs.play import shows_damage
from tests.proofs.progress import Progress
from tests.proofs.proof import Control, Proof, Result
from tests.proofs.workers import Workers

_MOST_SHOWN = 5
_FIRST_SEED = 1


@dataclass(frozen=True)
class Shown:
    """What a control showed: the first complaint of the kind it was to bring about, and after how many rounds."""

    control: Control
    rounds: int
    complaint: str | None


@dataclass
class Run:
    """A proof with all its rounds. `failures` are (seed, violation); seed None concerns all rounds together."""

    proof: Proof
    rounds: int
    total: Result = field(default_factory=Result)
    failures: list[tuple[int | None, str]] = field(default_factory=list)
    controls: list[Shown] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        return not self.failures and all(shown.complaint is not None for shown in self.controls)


def run_proof(proof: Proof, workers: Workers, seeds: Sequence[int]) -> Run:
    run = Run(proof, len(seeds))
    progress = Progress(proof.slug, len(seeds) + len(proof.controls))
    for seed, result in workers.rounds(proof, seeds):
        run.total.add(result)
        for violation in result.violations:
            run.failures.append((seed, violation))
            progress.tell(f"{proof.slug}, seed {seed}: {violation}")
        progress.step(_note(run))
    run.failures += [(None, words) for words in proof.judge(run.total, run.rounds)]
    for control in proof.controls:
        run.controls.append(_run_control(proof, control, workers))
        progress.step(_note(run))
    run.seconds = progress.seconds
    progress.end("holds" if run.holds else "DOES NOT HOLD")
    return run


def _run_control(proof: Proof, control: Control, workers: Workers) -> Shown:
    """Round after round until there is damage, or enough of them without any."""
    step = proof.workers
    for first in range(0, control.most_rounds, step):
        seeds = range(_FIRST_SEED + first, _FIRST_SEED + min(first + step, control.most_rounds))
        results = dict(workers.rounds(proof, seeds, control.name))
        for seed in seeds:
            if shows_damage(control, results[seed]):
                damage = next(words for words in results[seed].violations if control.shows in words)
                return Shown(control, seed - _FIRST_SEED + 1, damage)
    return Shown(control, control.most_rounds, None)


def _note(run: Run) -> str:
    return f"{len(run.failures)} violations" if run.failures else ""


def seeds_of(proof: Proof, rounds: int | None, seed: int | None) -> list[int]:
    """One seed if it is asked for, otherwise so many rounds, or as many as the long version has."""
    if seed is not None:
        return [seed]
    return list(range(_FIRST_SEED, _FIRST_SEED + (rounds or proof.long)))


def findings(run: Run) -> Iterator[str]:
    """Its figures, for people."""
    figures = ", ".join(f"{name} {count:,}" for name, count in run.total.figures.items())
    yield f"{run.proof.slug}: {figures}"
    for name in run.total.samples:
        p50, p99, top = (run.total.percentile(name, share) for share in (0.5, 0.99, 1.0))
        yield f"  {name}: p50 {p50:.2f}, p99 {p99:.2f}, max {top:.2f}"
    for shown in run.controls:
        if shown.complaint is not None:
            yield f"  without {shown.control.removed}: {shown.complaint.splitlines()[0]} (round {shown.rounds})"


def complaints(run: Run) -> Iterator[str]:
    """What is wrong, for people, with the command that shows it again."""
    for seed, violation in run.failures[:_MOST_SHOWN]:
        yield f"{run.proof.slug}: {violation}"
        if seed is not None:
            yield f"  again: .venv/bin/python -m tests.proofs --only {run.proof.slug} --seed {seed}"
    if len(run.failures) > _MOST_SHOWN:
        yield f"{run.proof.slug}: and {len(run.failures) - _MOST_SHOWN} more"
    for shown in run.controls:
        if shown.complaint is None:
            rounds, removed = shown.rounds, shown.control.removed
            yield f"{run.proof.slug}: without {removed}, {rounds} rounds showed no damage: the check cannot fail"
