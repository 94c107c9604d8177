"""A code that was used stays until its time is over: who repeats the request gets the same answer for a minute."""

import sqlalchemy as sa
from alembic import op

revision = "accounts_0011"
down_revision = "accounts_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("phone_code", sa.Column("used_at", sa.DateTime(timezone=True), nullable=True), schema="accounts")
