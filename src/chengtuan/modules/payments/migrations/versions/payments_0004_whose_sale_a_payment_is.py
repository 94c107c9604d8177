"""Payments and ledger entries say whose sale they are about; the lines of a ledger transaction are numbered."""

import sqlalchemy as sa
from alembic import op

revision = "payments_0004"
down_revision = "payments_0003"
branch_labels = None
depends_on = None

NOBODY = sa.text("'00000000-0000-0000-0000-000000000000'")
"""Of rows that are older than this column."""


def upgrade() -> None:
    _add("payment", sa.Column("order_number", sa.Text(), nullable=False, server_default=""))
    _add("payment", sa.Column("merchant_id", sa.Uuid(), nullable=False, server_default=NOBODY))
    _add("entry", sa.Column("merchant_id", sa.Uuid(), nullable=False, server_default=NOBODY))
    _add("entry", sa.Column("line", sa.SmallInteger(), nullable=False, server_default="1"))
    # Until now a transaction had a debit and a credit. The amounts stay as they are; only the new column is filled.
    op.execute("alter table payments.entry disable trigger entry_append_only")
    op.execute("update payments.entry set line = 2 where amount_fen < 0")
    op.execute("alter table payments.entry enable trigger entry_append_only")


def _add(table: str, column: "sa.Column[object]") -> None:
    op.add_column(table, column, schema="payments")
    op.alter_column(table, column.name, server_default=None, schema="payments")


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
