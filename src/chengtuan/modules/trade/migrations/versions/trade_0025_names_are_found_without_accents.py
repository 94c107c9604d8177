"""Names are found without their accents, whatever look an apostrophe or a hyphen has.

What the previous release saves after this is found as it is written, until its product is saved again.
"""

from alembic import op
from sqlalchemy import Connection, text

from chengtuan.kernel.pinyin import as_text, spellings
from chengtuan.kernel.search import folded, grams

revision = "trade_0025"
down_revision = "trade_0024"
branch_labels = None
depends_on = None

_KEEP_LISTING = """
update trade.listing set search_text = :text, search_grams = :grams, search_spelt = :spelt where product_id = :id
"""
_KEEP_NAME = """
insert into trade.goods_name (product_id, text, merchant_id, grams) values (:id, :text, :merchant, :grams)
on conflict do nothing
"""


def fold(connection: Connection) -> None:
    """Make searched texts from before as they are made today; again changes nothing."""
    for product_id, found in connection.execute(text("select product_id, search_text from trade.listing")).all():
        plain = folded(found)
        if plain != found:
            spelt = spellings([plain])
            values = {"text": plain, "grams": [*grams([plain]), *spelt], "spelt": as_text(spelt), "id": product_id}
            connection.execute(text(_KEEP_LISTING), values)
    names = connection.execute(text("select product_id, text, merchant_id from trade.goods_name")).all()
    for product_id, found, merchant_id in names:
        plain = folded(found)
        if plain != found:
            values = {"id": product_id, "text": plain, "merchant": merchant_id, "grams": grams([plain])}
            connection.execute(text(_KEEP_NAME), values)
            old = {"id": product_id, "text": found}
            connection.execute(text("delete from trade.goods_name where product_id = :id and text = :text"), old)


def upgrade() -> None:
    fold(op.get_bind())
