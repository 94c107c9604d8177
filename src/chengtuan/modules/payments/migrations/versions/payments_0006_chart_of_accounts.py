"""The chart of accounts grows, and the ledger is listed by merchant and by order."""

import sqlalchemy as sa
from alembic import op

revision = "payments_0006"
down_revision = "payments_0005"
branch_labels = None
depends_on = None


KINDS = (
    "'payment', 'refund_planned', 'perk_planned', 'refund_succeeded', 'merchant_discount',"
    " 'merchant_discount_reversed', 'subsidy', 'subsidy_reversed', 'points_redeemed', 'points_returned',"
    " 'commission_earned', 'commission_voided'"
)
ACCOUNTS = (
    "'provider_clearing', 'merchant_escrow', 'refunds_in_transit', 'merchant_promotions',"
    " 'platform_subsidies', 'points_redeemed', 'commissions_payable'"
)


def upgrade() -> None:
    _known("account", "kind", "'asset', 'liability', 'contra_liability', 'expense'")
    _known("entry", "kind", KINDS)
    _known("entry", "account", ACCOUNTS)
    _index("ix_entry_merchant", ["merchant_id", "seq"])
    _index("ix_entry_order", ["order_id"])


def _known(table: str, column: str, values: str) -> None:
    name = op.f(f"ck_{table}_{column}_known")
    op.drop_constraint(name, table, schema="payments")
    op.create_check_constraint(name, table, f"{column} in ({values})", schema="payments")


def _index(name: str, columns: list[str]) -> None:
    first_lines = sa.text("line = 1")
    op.create_index(name, "entry", columns, unique=False, schema="payments", postgresql_where=first_lines)


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: a downgrade would drop data")
