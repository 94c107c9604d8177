"""Work that failed is seen."""

import sqlalchemy as sa
from alembic import op

revision = "fulfilment_0002"
down_revision = "fulfilment_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column(
        "outbox",
        "attempts",
        existing_type=sa.SmallInteger(),
        type_=sa.Integer(),
        existing_nullable=False,
        existing_server_default=sa.text("0"),
        schema="fulfilment",
    )
    op.add_column("outbox", sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True), schema="fulfilment")
    op.add_column("outbox", sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True), schema="fulfilment")
    op.add_column("job", sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True), schema="fulfilment")
    op.add_column("job", sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True), schema="fulfilment")
    # jobs that fail when this version comes are seen as well
    op.execute("update fulfilment.job set failing_since = due_at where attempts > 0 and last_error is not null")
    op.create_index(
        "ix_job_failing",
        "job",
        ["id"],
        unique=False,
        schema="fulfilment",
        postgresql_where=sa.text("failing_since IS NOT NULL"),
    )
    op.create_index(
        "ix_inbox_handled_at", "inbox", ["handled_at"], unique=False, schema="fulfilment", postgresql_using="brin"
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
