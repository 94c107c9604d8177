"""Openids are encrypted: new ones at once, old ones by a job, which needs keys that a migration has not."""

import sqlalchemy as sa
from alembic import op

revision = "accounts_0006"
down_revision = "accounts_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("openid_sealed", "openid_index", "unionid_sealed"):
        op.add_column("person", sa.Column(name, sa.LargeBinary(), nullable=True), schema="accounts")
    op.create_unique_constraint(op.f("uq_person_openid_index"), "person", ["openid_index"], schema="accounts")
    op.create_check_constraint(
        op.f("ck_person_openid_whole"),
        "person",
        "(openid_sealed is null) = (openid_index is null)",
        schema="accounts",
    )
    op.create_index(
        "ix_person_open_wechat",
        "person",
        ["id"],
        unique=False,
        schema="accounts",
        postgresql_where=sa.text("openid is not null or unionid is not null"),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
