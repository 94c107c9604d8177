"""Pages of the shelf: which cards and in which order by indexes, what they say as it is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from chengtuan.kernel.pinyin import as_text, spelling_of_word
from chengtuan.kernel.search import containing, grams_of_word, words_of
from chengtuan.modules.trade.activities.rows.with_terms import with_terms
from chengtuan.modules.trade.activities.rules.eligibility import Eligibility
from chengtuan.modules.trade.activities.rules.group_terms import GroupTerms
from chengtuan.modules.trade.activities.rules.progress import Filling, filling_of
from chengtuan.modules.trade.shelf.rows.cards import TRUTH
from chengtuan.modules.trade.shelf.rules.query import ShelfQuery, Sort
from chengtuan.platform.database import ViewSession


@dataclass(frozen=True, slots=True)
class ListingCard:
    """A product on the shelf, with the prices of the variant that stands for it (`shown_variant`).

    `sku_name` is None where the product has no other. Activity and group columns are None where there is none, also
    where nobody could open a group now. `behind`: the card may have changed since it was put in its place.
    """

    product_id: UUID
    number: int
    name: dict[str, str]
    image_url: str
    category_slug: str
    merchant_id: UUID
    merchant_name: dict[str, str]
    sku_id: UUID
    sku_name: dict[str, str] | None
    list_price_fen: int | None
    solo_price_fen: int
    sold: int
    sold_out: bool
    activity_id: UUID | None
    activity_ends_at: datetime | None
    terms: GroupTerms | None
    eligibility: Eligibility | None
    tier_prices_fen: list[int] | None
    group_id: UUID | None
    group_deadline: datetime | None
    group_goal: str | None
    group_missing: int | None
    group_seats: int | None
    group_paid: int | None
    group_locked: int | None
    behind: bool

    @property
    def group(self) -> Filling | None:
        """How full the nearest group is."""
        return filling_of(self.group_goal, self.group_missing, self.group_seats, self.group_paid, self.group_locked)


_ORDERS: dict[Sort, LiteralString] = {
    "popular": "k.sold desc, k.number",
    "newest": "k.listed_at desc, k.number",
    "price": "k.price_rank, k.number",
    "discount": "k.discount_rank, k.number",
    "forming": "k.forming_rank, k.number",
}
_BEHIND: LiteralString = (
    "coalesce(k.changes_at <= %(now)s, false)"
    " or exists (select from shelf_mark m where m.product_id = k.product_id) as behind"
)
_SAID: LiteralString = (
    "select k.product_id, k.number, l.name, l.image_url, l.category_slug, l.merchant_id, l.merchant_name, k.sku_id,"
    " case when not k.single then s.name end as sku_name, case when k.single then l.list_price_fen end"
    " as list_price_fen, s.solo_price_fen, l.sold, not k.in_stock as sold_out,"
    " a.id as activity_id, a.ends_at as activity_ends_at, a.terms::text, a.eligibility::text, p.tier_prices_fen,"
    " g.id as group_id, g.deadline as group_deadline, g.goal as group_goal, g.missing as group_missing,"
    " g.seats as group_seats, g.paid as group_paid, g.locked as group_locked, " + _BEHIND + " from ({cards}) k"
    " join listing l using (product_id) join listing_sku s using (sku_id)"
    " left join activity a on a.id = k.activity_id"
    " left join activity_price p on p.activity_id = k.activity_id and p.sku_id = k.sku_id"
    " left join buy_group g on g.id = k.group_id"
)
_ANEW: LiteralString = _SAID.replace("{cards}", TRUTH + " where l.product_id = any(%(ids)s)") + " where k.on_shelf"

_CARDS: LiteralString = "select k.* from shelf_card k where {which} order by {order} limit {limit}"
_AT_THE_FRONT = 1000
"""So many cards are looked through for a search before the index of names is asked."""
_NEAR: LiteralString = "select k.* from (" + _CARDS + ") k where {here} order by {order} limit {page}"
# the index knows which names have all pieces, the pattern that they stand together; a spelling is one piece
_BY_INDEX: LiteralString = "l.search_grams @> %(grams{n})s and l.search_text like %(like{n})s"
_BY_LOOKING: LiteralString = "l.search_text like %(like{n})s"
_SPELT_BY_INDEX: LiteralString = "(" + _BY_INDEX + " or l.search_grams @> %(spelling{n})s)"
_SPELT_BY_LOOKING: LiteralString = "(" + _BY_LOOKING + " or l.search_spelt like %(spelt{n})s)"
_FOUND: LiteralString = "k.product_id = any(array(select l.product_id from listing l where {words}))"
_HERE: LiteralString = "(select {words} from listing l where l.product_id = k.product_id)"


async def list_shelf(
    db: ViewSession, query: ShelfQuery, *, now: datetime, seen: Collection[int], limit: int
) -> list[ListingCard]:
    """Cards in the order asked for, without those that were `seen`, by number.

    What many names have is found soon in any order, so a search looks through the front of the order first; what is
    not found there is rare enough to be fetched by the index of names and put in order.
    """
    conditions, params = _conditions(query)
    plain = not query.text and set(params) <= {"category", "merchant"}
    if seen:
        conditions.append("k.number not in (select unnest(%(seen)s::int[]))")
    params |= {"now": now, "seen": "{" + ",".join(map(str, seen)) + "}"}
    which = " and ".join(["k.on_shelf", *conditions])

    async def cards(statement: LiteralString, which: LiteralString, limit: int) -> list[ListingCard]:
        statement = _SAID.replace("{cards}", statement).replace("{which}", which).replace("{limit}", str(limit))
        statement = (statement + " order by {order}").replace("{order}", _ORDERS[query.sort])
        return await db.fetch_all(with_terms(ListingCard), statement, params, prepare=plain)

    words = list(dict.fromkeys(words_of(query.text)))
    if not words:
        return await cards(_CARDS, which, limit)
    params |= {f"{name}{n}": value for n, word in enumerate(words) for name, value in _pieces(word).items()}
    near = _NEAR.replace("{here}", _named(_HERE, _BY_LOOKING, _SPELT_BY_LOOKING, words)).replace("{page}", str(limit))
    found = await cards(near, which, _AT_THE_FRONT)
    if len(found) == limit:
        return found
    return await cards(_CARDS, f"{which} and {_named(_FOUND, _BY_INDEX, _SPELT_BY_INDEX, words)}", limit)


async def cards_of(db: ViewSession, product_ids: Sequence[UUID], now: datetime) -> dict[UUID, ListingCard]:
    """The cards of these products as they are at this moment; none of what is not on the shelf."""
    cards = await db.fetch_all(with_terms(ListingCard), _ANEW, {"ids": list(product_ids), "now": now})
    return {card.product_id: card for card in cards}


def _conditions(query: ShelfQuery) -> tuple[list[LiteralString], dict[str, object]]:
    """What a card has to be, each named part an index or little more than the order's."""
    asked: list[tuple[LiteralString, str, object]] = [
        ("k.category_slug = %(category)s", "category", query.category),
        ("k.merchant_id = %(merchant)s", "merchant", query.merchant_id),
        # the rank is the price, or that of what is sold out: where it is the order, it begins there
        ("k.price_fen >= %(price_min)s and k.price_rank >= %(price_min)s", "price_min", query.price_min_fen),
        ("k.price_fen <= %(price_max)s", "price_max", query.price_max_fen),
        ("k.discount_rank <= 1000 - 10 * %(discount)s", "discount", query.discount_percent),
        ("k.group_id is not null and k.group_deadline > %(now)s", "joinable", query.joinable or None),
        ("k.forming_rank <= %(missing)s and k.group_deadline > %(now)s", "missing", query.missing_at_most),
        ("k.newcomers_only", "newcomers", query.newcomers or None),
        ("not k.newcomers_only", "everybody", True if query.newcomers is False else None),
        ("k.in_stock", "in_stock", query.in_stock or None),
    ]
    return (
        [condition for condition, _, value in asked if value is not None],
        {name: value for _, name, value in asked if value is not None},
    )


def _pieces(word: str) -> dict[str, object]:
    spelling = spelling_of_word(word)
    return {
        "grams": grams_of_word(word),
        "like": containing(word),
        "spelling": [spelling],
        "spelt": containing(as_text([spelling])) if spelling else None,
    }


def _named(
    condition: LiteralString, as_written: LiteralString, spelt: LiteralString, words: list[str]
) -> LiteralString:
    """That a card's names have all these words."""
    each = [(spelt if spelling_of_word(word) else as_written).replace("{n}", str(n)) for n, word in enumerate(words)]
    return condition.replace("{words}", " and ".join(each))
