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


def tables_of_a_module(schema: str) -> None:
    """All of them, for a module's first migration."""
    op.execute(
        f"create table {schema}.outbox (seq bigint generated always as identity, event_id uuid not null,"
        " consumer text not null, name text not null, key text not null, payload text not null,"
        " created_at timestamptz not null, attempts integer not null default 0, next_try_at timestamptz not null,"
        " last_error text, dead_at timestamptz, set_aside_at timestamptz, constraint pk_outbox primary key (seq))"
    )
    op.execute(f"create index ix_outbox_consumer_seq on {schema}.outbox (consumer, seq)")
    op.execute(f"create index ix_outbox_retrying on {schema}.outbox (consumer, key, seq) where attempts > 0")
    op.execute(
        f"create table {schema}.inbox (handler text not null, event_id uuid not null, handled_at timestamptz not null,"
        " constraint pk_inbox primary key (handler, event_id))"
    )
    op.execute(f"create index ix_inbox_handled_at on {schema}.inbox using brin (handled_at)")
    op.execute(
        f"create table {schema}.job (id bigint generated always as identity, kind text not null, ref text not null,"
        " due_at timestamptz not null, attempts integer not null default 0, payload jsonb not null default '{}',"
        " last_error text, failing_since timestamptz, dead_at timestamptz, constraint pk_job primary key (id),"
        " constraint uq_job_kind_ref unique (kind, ref))"
    )
    op.execute(f"create index ix_job_due_at on {schema}.job (due_at)")
    op.execute(f"create index ix_job_failing on {schema}.job (id) where failing_since is not null")
    op.execute(
        f"create unlogged table {schema}.rate_limit (key text not null, full_at timestamptz not null,"
        " constraint pk_rate_limit primary key (key))"
    )
    keep_events(schema)


def keep_events(schema: str) -> None:
    """Every event is kept by month, and may be given to a consumer again.

    What belongs to no month that is there goes into `event_archive_rest`, so that no event is ever refused; the sweep
    makes months ahead. What is given again is numbered below everything that is live, so it comes first.
    """
    op.execute(
        f"create table {schema}.event_archive (seq bigint not null default nextval('{schema}.outbox_seq_seq'),"
        " occurred_at timestamptz not null, event_id uuid not null, name text not null, key text not null,"
        " payload text not null, constraint pk_event_archive primary key (seq, occurred_at))"
        " partition by range (occurred_at)"
    )
    op.execute(f"create table {schema}.event_archive_rest partition of {schema}.event_archive default")
    op.execute(
        f"create table {schema}.back_fill (consumer text not null, names text[] not null,"
        " from_at timestamptz not null, begun_in bigint not null, until_seq bigint, position bigint not null default 0,"
        " total bigint not null default 0, queued bigint not null default 0, begun_at timestamptz not null,"
        " ended_at timestamptz, constraint pk_back_fill primary key (consumer))"
    )
    op.execute(
        f"create sequence {schema}.outbox_history_seq as bigint minvalue -1000000000000 maxvalue -1"
        " start with -1000000000000"
    )
