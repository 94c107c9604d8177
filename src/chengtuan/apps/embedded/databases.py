"""Making a database in a running cluster."""

from typing import Any

import psycopg
from psycopg import sql

from chengtuan.apps.embedded.cluster import Cluster
from chengtuan.apps.embedded.problems import SetupProblem


def _connected(cluster: Cluster) -> psycopg.Connection[Any]:
    try:
        return psycopg.connect(cluster.dsn(), autocommit=True)
    except psycopg.OperationalError as error:
        if "password authentication failed" not in str(error):
            raise
        raise SetupProblem(
            "The database's password is not the one in secrets.env of the data folder; put that file back "
            "(a backup keeps it in its keys file)."
        ) from error


def create_database(cluster: Cluster, name: str) -> bool:
    """Makes the database `name` unless it is there; True when it was made. Raises SetupProblem."""
    with _connected(cluster) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            return False
        try:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        except psycopg.errors.DuplicateDatabase:
            return False  # somebody else was faster
    return True
