"""Accounts are united."""

import sqlalchemy as sa
from alembic import op

revision = "accounts_0007"
down_revision = "accounts_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("united_into", sa.Uuid(), nullable=True), schema="accounts")
    op.create_foreign_key(
        op.f("fk_person_united_into"),
        "person",
        "person",
        ["united_into"],
        ["id"],
        source_schema="accounts",
        referent_schema="accounts",
    )
    op.create_check_constraint(
        op.f("ck_person_united"),
        "person",
        "united_into is null or (phone is null and openid is null and openid_sealed is null and united_into <> id)",
        schema="accounts",
    )
    op.create_index(
        "ix_person_united_into",
        "person",
        ["united_into"],
        unique=False,
        schema="accounts",
        postgresql_where=sa.text("united_into IS NOT NULL"),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
