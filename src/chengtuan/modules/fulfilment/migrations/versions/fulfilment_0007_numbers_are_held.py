"""How many hold a number: who is refused lets go of it alone, and its parcel keeps its id."""

import sqlalchemy as sa
from alembic import op

revision = "fulfilment_0007"
down_revision = "fulfilment_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "parcel_number",
        sa.Column("held", sa.Integer(), server_default=sa.text("1"), nullable=False),
        schema="fulfilment",
    )
    op.create_check_constraint(
        op.f("ck_parcel_number_held"), "parcel_number", sa.text("held >= 0"), schema="fulfilment"
    )
