"""Making a database in a running cluster."""

import psycopg
from psycopg import sql

from chengtuan.apps.embedded.cluster import Cluster


def create_database(cluster: Cluster, name: str) -> bool:
    """Makes the database `name` unless it is there; True when it was made."""
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            return False
        try:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        except psycopg.errors.DuplicateDatabase:
            return False  # somebody else was faster
    return True
