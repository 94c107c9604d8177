"""What somebody wants to see of the shelf."""

from dataclasses import dataclass
from typing import Literal, TypeAlias
from uuid import UUID

Sort: TypeAlias = Literal["popular", "discount", "forming", "price", "newest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfQuery:
    """All that is named has to be so; None and False ask for nothing.

    `price_min_fen` and `price_max_fen` are about what a unit of the shown variant costs: in a group where one can be
    opened, else alone. `discount_percent`: a group saves at least so much. `joinable`: there is a group to join.
    `missing_at_most`: one of them forms with so many more people. `newcomers`: the campaign is for new customers only,
    or is not.
    """

    sort: Sort = "popular"
    text: str = ""
    category: str | None = None
    merchant_id: UUID | None = None
    price_min_fen: int | None = None
    price_max_fen: int | None = None
    discount_percent: int | None = None
    joinable: bool = False
    missing_at_most: int | None = None
    newcomers: bool | None = None
    in_stock: bool = False
