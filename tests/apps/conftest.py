"""Databases for tests of what happens before a shop opens."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from chengtuan.apps.embedded import Cluster

FIRST_RELEASE = Path(__file__).parent / "releases" / "0.1.0.dump"
"""A small shop as the first release left it, written with `tests.support.world.KEYS`: groups, orders, refunds."""
ORDERS_OF_ONE_VARIANT = FIRST_RELEASE.with_name("0.1.0-orders-of-one-variant.dump")
"""Orders in every state, alone and in groups, before they had lines; their refunds planned, on the way and back."""


@pytest.fixture
def new_database(cluster: Cluster) -> Iterator[Callable[..., str]]:
    """Makes databases; they are gone after the test."""
    made: list[str] = []

    def make(template: str = "template1") -> str:
        name = f"owned_{uuid4().hex}"
        with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
            statement = sql.SQL("create database {} template {}")
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        made.append(name)
        return cluster.dsn(name)

    yield make
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        for name in made:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def first_release(cluster: Cluster, template_url: str) -> str:
    """A template with the first release's shop. (`template_url` has made the modules' roles.)"""
    return _restored(cluster, "first_release", FIRST_RELEASE)


@pytest.fixture(scope="session")
def one_variant_orders(cluster: Cluster, template_url: str) -> str:
    """A template with a shop whose orders, in every state, are of one variant each."""
    return _restored(cluster, "one_variant_orders", ORDERS_OF_ONE_VARIANT)


def _restored(cluster: Cluster, name: str, dump: Path) -> str:
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    command = [cluster.programs.binaries.program("pg_restore"), "--exit-on-error", "-d", cluster.dsn(name)]
    subprocess.run([*command, str(dump)], check=True, env={"LC_ALL": "C.UTF-8"})
    return name
