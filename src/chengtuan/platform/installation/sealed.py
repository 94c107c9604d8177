"""Whether the keys at hand open what a database holds."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from chengtuan.platform.crypto import CannotDecrypt, KeyRing

if TYPE_CHECKING:
    from sqlalchemy import Column, MetaData


def unreadable(
    connection: psycopg.Connection[Any], metadata: "Iterable[MetaData]", keys: KeyRing, *, sample: int | None = None
) -> list[str]:
    """The sealed columns, as `schema.table.column`, with a value that `keys` do not open or find.

    Looks at `sample` values of each column, or at all. Columns that the database does not have yet, or
    has in clear, are passed over: it may be an older one.
    """
    columns = [column for each in metadata for table in each.tables.values() for column in table.columns]
    sealed = [column for column in columns if column.info.get("bytes") == "sealed" and _is_bytes(connection, column)]
    return [_name(column) for column in sealed if not _opens(connection, column, keys, sample)]


def _name(column: "Column[Any]") -> str:
    return f"{column.table.schema}.{column.table.name}.{column.name}"


def _index_of(column: "Column[Any]") -> "Column[Any] | None":
    indexes = [each for each in column.table.columns if each.info.get("of") == column.name]
    return indexes[0] if indexes else None


def _is_bytes(connection: psycopg.Connection[Any], column: "Column[Any]") -> bool:
    table = column.table
    query = (
        "select 1 from information_schema.columns"
        " where table_schema = %s and table_name = %s and column_name = %s and data_type = 'bytea'"
    )
    return connection.execute(query, (table.schema, table.name, column.name)).fetchone() is not None


def _opens(connection: psycopg.Connection[Any], column: "Column[Any]", keys: KeyRing, sample: int | None) -> bool:
    table, index = column.table, _index_of(column)
    wanted = [sql.Identifier(each.name) for each in (column, index) if each is not None]
    query = sql.SQL("select {} from {} where {} is not null limit {}").format(
        sql.SQL(", ").join(wanted),
        sql.Identifier(table.schema or "", table.name),
        sql.Identifier(column.name),
        sql.Literal(sample),
    )
    with connection.cursor(name="sealed") as cursor:  # in portions: there may be millions
        cursor.execute(query)
        for value, *digest in cursor:
            try:
                text = keys.decrypt(value, _name(column))
            except CannotDecrypt:
                return False
            if index is not None and bytes(digest[0]) != keys.blind_index(text, index.info["scope"]):
                return False
    return True
