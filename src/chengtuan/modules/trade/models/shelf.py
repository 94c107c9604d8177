"""The shelf's cards: made of trade's other tables, after them, by `shelf/rows/cards.py`."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Identity, Index, Integer, Table, Text, Uuid, text

from chengtuan.modules.trade.models.metadata import METADATA
from chengtuan.platform.tables import instant

shelf_card = Table(
    "shelf_card",
    METADATA,
    Column("product_id", Uuid, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("on_shelf", Boolean, nullable=False),
    Column("merchant_id", Uuid, nullable=False),
    Column("category_slug", Text, nullable=False),
    Column("listed_at", instant(), nullable=False),
    Column("sold", Integer, nullable=False),
    Column("sku_id", Uuid),
    Column("single", Boolean, nullable=False),
    Column("in_stock", Boolean, nullable=False),
    Column("price_fen", BigInteger, nullable=False),
    Column("price_rank", BigInteger, nullable=False),
    Column("discount_rank", Integer, nullable=False),
    Column("forming_rank", Integer, nullable=False),
    Column("activity_id", Uuid),
    Column("newcomers_only", Boolean, nullable=False),
    Column("group_id", Uuid),
    Column("group_deadline", instant()),
    Column("changes_at", instant()),
    CheckConstraint("not on_shelf or sku_id is not null", name="shown"),
)
"""What a product is ranked and filtered by, and which variant, activity and group its card shows.

`changes_at` is when the card will be behind by the clock alone; `shelf_mark` says where it is for other reasons.
"""

# an index for each order of the shelf, also of a category or a merchant, and for what few products have
_ON_SHELF = text("on_shelf")
for _name, _rank in {
    "popular": shelf_card.c.sold.desc(),
    "newest": shelf_card.c.listed_at.desc(),
    "price": shelf_card.c.price_rank,
    "discount": shelf_card.c.discount_rank,
    "forming": shelf_card.c.forming_rank,
}.items():
    Index(f"ix_shelf_card_{_name}", _rank, shelf_card.c.number, postgresql_where=_ON_SHELF)
    for _of, _column in (("category", shelf_card.c.category_slug), ("merchant", shelf_card.c.merchant_id)):
        Index(f"ix_shelf_card_{_of}_{_name}", _column, _rank, shelf_card.c.number, postgresql_where=_ON_SHELF)
Index("ix_shelf_card_price_fen", shelf_card.c.price_fen, postgresql_where=_ON_SHELF)
Index("ix_shelf_card_group_deadline", shelf_card.c.group_deadline, postgresql_where=text("group_id is not null"))
Index("ix_shelf_card_newcomers", shelf_card.c.number, postgresql_where=text("newcomers_only"))
Index("ix_shelf_card_changes_at", shelf_card.c.changes_at, postgresql_where=text("changes_at is not null"))

shelf_mark = Table(
    "shelf_mark",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("product_id", Uuid, nullable=False, index=True),
)
"""Products whose card may be behind: triggers write these in the transaction that makes it so (`the_shelf_has_cards`).

A product may have many marks: for rows that are only added nobody waits.
"""

shelf_check = Table(
    "shelf_check",
    METADATA,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", instant(), nullable=False),
    Column("checked", Integer, nullable=False),
    Column("repaired", Integer, nullable=False),
)
"""What each check of all cards found: how many differed from the truth without a mark, and were repaired."""
