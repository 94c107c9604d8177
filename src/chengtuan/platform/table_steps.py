"""Steps of migrations that every module takes with the platform's own tables (see `tables.py`).

A step stays as it was released: a migration that named it must do the same for ever.
"""

import sqlalchemy as sa
from alembic import op


def see_work_that_failed(schema: str) -> None:
    """Events and jobs that failed are seen, given up after their tries and set aside; the inbox is swept by age."""
    op.alter_column(
        "outbox",
        "attempts",
        existing_type=sa.SmallInteger(),
        type_=sa.Integer(),
        existing_nullable=False,
        existing_server_default=sa.text("0"),
        schema=schema,
    )
    for table, column in (
        ("outbox", "dead_at"),
        ("outbox", "set_aside_at"),
        ("job", "failing_since"),
        ("job", "dead_at"),
    ):
        op.add_column(table, sa.Column(column, sa.DateTime(timezone=True), nullable=True), schema=schema)
    # jobs that fail when this version comes are seen as well
    job = sa.table(
        "job",
        sa.column("failing_since"),
        sa.column("due_at"),
        sa.column("attempts"),
        sa.column("last_error"),
        schema=schema,
    )
    op.execute(job.update().values(failing_since=job.c.due_at).where(job.c.attempts > 0, job.c.last_error.is_not(None)))
    op.create_index(
        "ix_job_failing",
        "job",
        ["id"],
        unique=False,
        schema=schema,
        postgresql_where=sa.text("failing_since IS NOT NULL"),
    )
    op.create_index(
        "ix_inbox_handled_at", "inbox", ["handled_at"], unique=False, schema=schema, postgresql_using="brin"
    )
