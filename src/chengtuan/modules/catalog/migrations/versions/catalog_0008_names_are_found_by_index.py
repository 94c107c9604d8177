"""A merchant's products are found by pieces of their names, however many products there are.

The pieces are made by the database: what the previous release saves is found too.
"""

import sqlalchemy as sa
from alembic import op

revision = "catalog_0008"
down_revision = "catalog_0007"
branch_labels = None
depends_on = None

# as `kernel.search.grams` has them: characters and pairs of neighbours of each word
_GRAMS = """
create function catalog.grams(searched text) returns text[] language sql immutable strict parallel safe cost 1000
return (select coalesce(array_agg(distinct piece), '{}')
    from string_to_table(translate(searched, chr(10), ' '), ' ') word, generate_series(1, length(word)) nth,
    lateral (values (substr(word, nth, 1)), (substr(word, nth, 2))) pieces (piece))
"""


def upgrade() -> None:
    op.execute(_GRAMS)
    op.create_index(
        "ix_product_grams",
        "product",
        [sa.text("catalog.grams(search_text)")],
        schema="catalog",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
