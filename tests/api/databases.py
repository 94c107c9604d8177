"""What a whole database holds, as one fingerprint per table."""

import psycopg
from psycopg import sql

UNLOGGED_NOISE = frozenset({"rate_limit"})
"""Counting an attempt is not an effect."""


def fingerprint(database_url: str, *, ignoring: frozenset[str] = frozenset()) -> dict[str, tuple[int, str]]:
    """Rows and a hash by `schema.table`; `ignoring` names tables that the request may change."""
    with psycopg.connect(database_url) as connection:
        tables = connection.execute(
            "select schemaname, tablename from pg_tables where tableowner like 'chengtuan\\_%' order by 1, 2"
        ).fetchall()
        found: dict[str, tuple[int, str]] = {}
        for schema, table in tables:
            if table in UNLOGGED_NOISE or f"{schema}.{table}" in ignoring:
                continue
            query = sql.SQL("select count(*), md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {} t")
            row = connection.execute(query.format(sql.Identifier(schema, table))).fetchone()
            assert row is not None
            found[f"{schema}.{table}"] = (row[0], row[1])
    return found
