"""Names are found without their accents, whatever look an apostrophe or a hyphen has.

What the previous release saves after this is found as it is written, until its product is saved again.
"""

from alembic import op
from sqlalchemy import Connection, text

from chengtuan.kernel.search import folded

revision = "catalog_0007"
down_revision = "catalog_0006"
branch_labels = None
depends_on = None


def fold(connection: Connection) -> None:
    """Make searched texts from before as they are made today; again changes nothing."""
    for product_id, found in connection.execute(text("select id, search_text from catalog.product")).all():
        if folded(found) != found:
            connection.execute(
                text("update catalog.product set search_text = :text where id = :id"),
                {"text": folded(found), "id": product_id},
            )


def upgrade() -> None:
    fold(op.get_bind())
