"""a product is made once, however often its creation is sent."""

import sqlalchemy as sa
from alembic import op

revision = "catalog_0005"
down_revision = "catalog_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("product", sa.Column("request_id", sa.Uuid(), nullable=True), schema="catalog")
    op.create_index(
        "uq_product_request_id",
        "product",
        ["merchant_id", "request_id"],
        unique=True,
        schema="catalog",
        postgresql_where=sa.text("request_id is not null"),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
