"""Lists of campaigns and of flash sales read what they show, of one merchant and of all, also by words of names."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "trade_0031"
down_revision = "trade_0030"
branch_labels = None
depends_on = None

# as `kernel.search.grams` has them: characters and pairs of neighbours of each word
_GRAMS = """
create function trade.grams(searched text) returns text[] language sql immutable strict parallel safe cost 1000
return (select coalesce(array_agg(distinct piece), '{}')
    from string_to_table(translate(searched, chr(10), ' '), ' ') word, generate_series(1, length(word)) nth,
    lateral (values (substr(word, nth, 1)), (substr(word, nth, 2))) pieces (piece))
"""


def upgrade() -> None:
    for of, columns in (("", []), ("merchant_", ["merchant_id"])):
        newest: list[Any] = [*columns, "kind", sa.literal_column("id DESC")]
        op.create_index(f"ix_activity_{of}newest", "activity", newest, schema="trade")
    op.execute(_GRAMS)
    op.create_index(
        "ix_activity_grams",
        "activity",
        [sa.text("trade.grams(search_text)")],
        schema="trade",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
