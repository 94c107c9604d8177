"""Processes that play rounds side by side, each with a database of its own in one PostgreSQL."""

import asyncio
import logging
import multiprocessing
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from chengtuan.apps.embedded.cluster import Cluster
from chengtuan.apps.registry import MANIFESTS
from chengtuan.platform.logs import configure_logs
from chengtuan.platform.migrations import migrate
from tests.proofs.catalogue import find_proof
from tests.proofs.ground import Ground
from tests.proofs.play import play_control, play_round
from tests.proofs.proof import Proof, Result

TEMPLATE = "template_shop"
_ground: list[Ground] = []
"""A worker's own, made when the process starts."""


@dataclass(frozen=True)
class Workers:
    """Plays rounds in `pool`'s processes."""

    pool: ProcessPoolExecutor

    def rounds(self, proof: Proof, seeds: Sequence[int], control: str | None = None) -> Iterator[tuple[int, Result]]:
        """Each seed with what its round found, as they end."""
        futures: dict[Future[Result], int] = {
            self.pool.submit(_play, proof.slug, control, seed): seed for seed in seeds
        }
        for future in as_completed(futures):
            yield futures[future], future.result()


@contextmanager
def open_workers(cluster: Cluster, folder: Path, count: int, log_level: str) -> Iterator[Workers]:
    """`count` processes; they end with this block, whatever they are doing."""
    pool = ProcessPoolExecutor(
        max_workers=count,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_prepare,
        initargs=(cluster.dsn("{}"), str(folder), log_level),
    )
    try:
        yield Workers(pool)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def proving_ground() -> Iterator[tuple[Cluster, Path]]:
    """A PostgreSQL for the time of the proofs, with a migrated database to copy, and a folder beside it."""
    folder = Path(tempfile.mkdtemp(prefix="chengtuan-proofs-"))
    cluster = Cluster.for_data(folder, password="only-for-tests")
    try:
        cluster.init()
        cluster.start()
        with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
            connection.execute(f"create database {TEMPLATE}".encode())
        migrate(cluster.dsn(TEMPLATE), MANIFESTS)
        yield cluster, folder
    finally:
        cluster.remove()
        shutil.rmtree(folder, ignore_errors=True)


def _prepare(dsn: str, folder: str, log_level: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it, and stops us
    configure_logs(log_level)
    logging.getLogger("psycopg").setLevel(log_level.upper())
    name = f"proof_{os.getpid()}"
    with psycopg.connect(dsn.replace("%7B%7D", "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name} template {TEMPLATE}".encode())
    own = Path(folder) / name
    own.mkdir()
    _ground.append(Ground(dsn.replace("%7B%7D", name), own))


def _play(slug: str, control: str | None, seed: int) -> Result:
    proof = find_proof(slug)
    [ground] = _ground
    if control is None:
        return asyncio.run(play_round(proof, ground, seed))
    return asyncio.run(play_control(proof, proof.control(control), ground, seed))
