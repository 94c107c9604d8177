"""Where changes are announced to open pages and to those that are kept (`platform.live`, `platform.http.hot`).

Whoever locks or changes a row touches its topic in the same transaction (`tx.touch`), and it is published after the
commit.
"""

from collections.abc import Iterable
from typing import LiteralString
from uuid import UUID

from chengtuan.platform.database import WriteSession

SHELF = "shelf"
"""Which products are on the shelf, and in which order."""
OFFER: LiteralString = "offer:"
"""What the topic of a product begins with, for statements that find out which they touch."""


def group_topic(group_id: UUID) -> str:
    """A group's own page."""
    return f"group:{group_id}"


def order_topic(order_id: UUID) -> str:
    """That an order no longer waits for its payment."""
    return f"order:{order_id}"


def offer_topic(product_id: UUID) -> str:
    """A product on the shelf, its campaigns, which groups of it there are, and whether it can be bought at all."""
    return f"{OFFER}{product_id}"


def listing_topic(product_id: UUID) -> str:
    """What the catalog says of a product: its names, its prices alone, and whether it is on the shelf."""
    return f"listing:{product_id}"


def stock_topic(sku_id: UUID) -> str:
    """How much of a variant can be bought. (Whoever takes or leaves a seat moves stock.)"""
    return f"stock:{sku_id}"


FLASH_ZONE = "flash"
"""Which flash sales there are."""


def flash_topic(activity_id: UUID) -> str:
    """A flash sale, and how much of it is left."""
    return f"flash:{activity_id}"


def flash_free_topic(activity_id: UUID) -> str:
    """That units of a flash sale can be had that could not be had before, or that it was stopped.

    Whoever remembers that there is nothing left has to hear of this, and of nothing else.
    """
    return f"flash-free:{activity_id}"


def hold_topic(hold_id: UUID) -> str:
    """What became of units that somebody holds in a flash sale."""
    return f"hold:{hold_id}"


def announce_groups(tx: WriteSession, group_ids: Iterable[UUID]) -> None:
    """Once this transaction has committed, open pages of these groups move."""
    tx.touch(*(group_topic(group_id) for group_id in group_ids))
