"""The shelf: what is on sale, with what groups make of its price."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from chengtuan.kernel.search import containing, grams, grams_of_word, searchable, words_of
from chengtuan.modules.catalog.facade import ProductSnapshot
from chengtuan.modules.trade.activities.rows.shown_variant import GROUP_PRICES, ON_THE_SHELF, OPEN_CAMPAIGN
from chengtuan.modules.trade.topics import offer_topic
from chengtuan.platform.database import ViewSession, WriteSession


async def upsert_listing(tx: WriteSession, product: ProductSnapshot) -> bool:
    """Take over a product's newest version; False if we have a newer one already."""
    text, sold_as = searchable(product.name, product.merchant_name), searchable(product.name)
    written = await tx.execute(
        "insert into listing as l (product_id, merchant_id, merchant_name, name, image_url, category_slug,"
        " list_price_fen, solo_price_fen, published, version, listed_at, search_text, search_grams)"
        " values (%(id)s, %(merchant)s, %(merchant_name)s, %(name)s, %(image)s, %(category)s, %(list)s, %(solo)s,"
        " %(published)s, %(version)s, %(now)s, %(text)s, %(grams)s)"
        " on conflict (product_id) do update set merchant_name = excluded.merchant_name, name = excluded.name,"
        " image_url = excluded.image_url, category_slug = excluded.category_slug,"
        " list_price_fen = excluded.list_price_fen, solo_price_fen = excluded.solo_price_fen,"
        " published = excluded.published, search_text = excluded.search_text, search_grams = excluded.search_grams,"
        " version = excluded.version where l.version < excluded.version",
        {
            "id": product.product_id,
            "merchant": product.merchant_id,
            "merchant_name": Jsonb(product.merchant_name),
            "name": Jsonb(product.name),
            "image": product.image_url,
            "category": product.category_slug,
            "list": product.list_price_fen,
            "solo": min(sku.solo_price_fen for sku in product.skus),
            "published": product.published,
            "version": product.version,
            "now": tx.clock.now(),
            "text": text,
            "grams": grams([text]),
        },
    )
    if not written:
        return False
    tx.touch(offer_topic(product.product_id))
    await tx.execute("update listing_sku set active = false where product_id = %s", (product.product_id,))
    await tx.execute_many(
        "insert into listing_sku (sku_id, product_id, name, solo_price_fen, position, active)"
        " values (%s, %s, %s, %s, %s, true) on conflict (sku_id) do update set name = excluded.name,"
        " solo_price_fen = excluded.solo_price_fen, position = excluded.position, active = true",
        [
            (sku.sku_id, product.product_id, Jsonb(sku.name), sku.solo_price_fen, position)
            for position, sku in enumerate(product.skus)
        ],
    )
    await tx.execute(
        "insert into goods_name (product_id, text, merchant_id, grams) values (%s, %s, %s, %s) on conflict do nothing",
        (product.product_id, sold_as, product.merchant_id, grams([sold_as])),
    )
    await tx.execute_many(
        "insert into stock (sku_id) values (%s) on conflict do nothing",
        [(sku.sku_id,) for sku in product.skus],
    )
    return True


@dataclass(frozen=True, slots=True)
class ListingCard:
    """A product on the shelf, with the prices of the variant that stands for it (`shown_variant`).

    `sku_name` is None where the product has no other. Campaign and group columns are None where there is none, also
    where nobody could open a group now.
    """

    product_id: UUID
    name: dict[str, str]
    image_url: str
    category_slug: str
    merchant_name: dict[str, str]
    sku_id: UUID
    sku_name: dict[str, str] | None
    list_price_fen: int | None
    solo_price_fen: int
    sold: int
    sold_out: bool
    campaign_id: UUID | None
    campaign_kind: str | None
    tier_people: list[int] | None
    tier_prices_fen: list[int] | None
    campaign_ends_at: datetime | None
    newcomers_only: bool | None
    initiator_off_percent: int | None
    group_id: UUID | None
    group_tier_people: list[int] | None
    group_seats: int | None
    group_paid: int | None
    group_locked: int | None
    group_deadline: datetime | None
    number: int
    rank: int


_RANKS: dict[str, LiteralString] = {
    "popular": "-l.sold",
    "newest": "-(extract(epoch from l.listed_at) * 1000)::bigint",
    "price": "case when v.in_stock then coalesce(v.tier_prices_fen[1], v.solo_price_fen) else 1000000000000 end",
    "discount": "coalesce((" + GROUP_PRICES + ")[1] * 1000 / v.solo_price_fen, 1000)",
    "forming": "coalesce(g.distance, 1000000)",
}
SORTS = tuple(_RANKS)

_CARD: LiteralString = (
    "select l.product_id, l.name, l.image_url, l.category_slug, l.merchant_name, v.sku_id,"  # noqa: S608
    " case when not v.single then v.name end as sku_name,"
    " case when v.single then l.list_price_fen end as list_price_fen,"
    " v.solo_price_fen, l.sold, not v.in_stock as sold_out,"
    " case when " + GROUP_PRICES + " is not null then c.id end as campaign_id, c.kind as campaign_kind, c.tier_people,"
    " v.tier_prices_fen, c.ends_at as campaign_ends_at,"
    " c.newcomers_only, c.initiator_off_percent,"
    " g.id as group_id, g.tier_people as group_tier_people, g.size as group_seats, g.paid as group_paid,"
    " g.locked as group_locked, g.deadline as group_deadline, l.number, {rank} as rank"
    " from listing l"
    " "
    + OPEN_CAMPAIGN
    + " "
    + ON_THE_SHELF
    # groups of the campaign whose prices are shown; those that have to form before those that wait for a lower price
    + " left join lateral (select g.id, g.tier_people, g.size, g.paid, g.locked, g.deadline,"
    " (select min(t) from unnest(g.tier_people) t where t > g.paid) - g.paid"
    " + case when g.paid < g.tier_people[1] then 0 else 1000 end as distance"
    " from buy_group g where g.product_id = l.product_id"
    " and g.campaign_id = c.id and v.in_stock and v.tier_prices_fen is not null"
    " and g.status = 'open' and g.deadline > %(now)s and g.locked < g.size"
    " and g.paid < g.tier_people[cardinality(g.tier_people)] order by distance, g.deadline limit 1) g on true"
    " where l.published and l.number <> all(%(seen)s::int[])"
    " and (%(category)s::text is null or l.category_slug = %(category)s)"
    # the index knows which names have all the pieces; the patterns see that they stand together
    " and (%(grams)s::text[] is null or l.search_grams @> %(grams)s and l.search_text like all(%(words)s::text[]))"
)

# one statement per sort, from literals only
_SHELVES: dict[str, LiteralString] = {
    sort: "select * from ("  # noqa: S608
    + _CARD.replace("{rank}", rank)
    + ") shelf order by rank, product_id limit %(limit)s"
    for sort, rank in _RANKS.items()
}


async def list_shelf(
    db: ViewSession,
    *,
    now: datetime,
    sort: str,
    category: str | None,
    query: str | None,
    seen: Sequence[int],
    limit: int,
) -> list[ListingCard]:
    """Cards in the order of `sort` as it is now, without those that were `seen`, by number."""
    statement = _SHELVES[sort]
    words = words_of(query or "")
    return await db.fetch_all(
        ListingCard,
        statement,
        {
            "now": now,
            "category": category,
            "grams": [piece for word in words for piece in grams_of_word(word)] or None,
            "words": [containing(word) for word in words],
            "seen": list(seen),
            "limit": limit,
        },
    )
