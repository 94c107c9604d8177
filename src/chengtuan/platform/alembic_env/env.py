"""Alembic's entry for every module; the module and the connection come from `platform.migrations`."""

from typing import Any

from alembic import context


def _run() -> None:
    attributes: dict[str, Any] = context.config.attributes
    schema = attributes["module"]
    context.configure(
        connection=attributes["connection"],
        target_metadata=attributes["metadata"],
        version_table="alembic_version",
        version_table_schema=schema,
        include_schemas=True,
        include_name=lambda name, kind, _: (name == schema) if kind == "schema" else True,
        include_object=lambda _, name, kind, reflected, __: (
            not (kind == "table" and reflected and str(name).startswith("event_archive_"))  # its months
        ),
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


_run()
