"""versions of addresses."""

import sqlalchemy as sa
from alembic import op

revision = "accounts_0002"
down_revision = "accounts_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "address", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False), schema="accounts"
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
