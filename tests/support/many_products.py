"""A shelf as large as one likes, written by a few statements: for measuring, and for looking at plans.

Products differ in what the shelf ranks, filters and searches by; each is one merchant's of `MERCHANTS`, in one of
`CATEGORIES`. About a third has a campaign, a tenth a group to join, a twentieth is sold out.
"""

from datetime import datetime
from itertools import product
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from chengtuan.kernel.pinyin import as_text, spellings
from chengtuan.kernel.search import grams, searchable
from chengtuan.modules.trade.shelf.rules.query import ShelfQuery

MERCHANTS, CATEGORIES = 200, 16
_MERCHANT = UUID("c0000000-0000-7000-8000-000000000007")
QUERIES = {
    "popular": ShelfQuery(),
    "newest": ShelfQuery(sort="newest"),
    "price": ShelfQuery(sort="price"),
    "discount": ShelfQuery(sort="discount"),
    "forming": ShelfQuery(sort="forming"),
    "a category": ShelfQuery(category="category-3"),
    "the newest of a category": ShelfQuery(category="category-3", sort="newest"),
    "the cheapest of a category": ShelfQuery(category="category-3", sort="price"),
    "a merchant": ShelfQuery(merchant_id=_MERCHANT),
    "the cheapest of a merchant": ShelfQuery(merchant_id=_MERCHANT, sort="price"),
    "between two prices": ShelfQuery(price_min_fen=10000, price_max_fen=10500),
    "from a price, cheapest first": ShelfQuery(price_min_fen=60000, sort="price"),
    "discounts": ShelfQuery(discount_percent=30),
    "can be joined": ShelfQuery(joinable=True),
    "about to form": ShelfQuery(missing_at_most=1, sort="forming"),
    "for new customers": ShelfQuery(newcomers=True),
    "for everybody": ShelfQuery(newcomers=False),
    "in stock": ShelfQuery(in_stock=True),
    "much at once": ShelfQuery(category="category-3", in_stock=True, discount_percent=20, sort="price"),
    "two characters": ShelfQuery(text="苹果"),
    "two characters, cheapest first": ShelfQuery(text="蘋果", sort="price"),
    "one character": ShelfQuery(text="茶"),
    "two words": ShelfQuery(text="有機 綠茶"),
    "a word of every name": ShelfQuery(text="shop"),
    "sounds": ShelfQuery(text="shuimitao"),
    "initials": ShelfQuery(text="smt"),
    "latin": ShelfQuery(text="oolong", sort="newest"),
    "what nobody sells": ShelfQuery(text="鑽石"),
    "sounds of what nobody sells": ShelfQuery(text="zuanshi"),
}
"""A look at the shelf of each kind: orders, filters, and what is typed into the search."""
_KINDS = {
    "有機": "Organic",
    "高山": "Highland",
    "手工": "Handmade",
    "進口": "Imported",
    "現摘": "Fresh",
    "禮盒": "Gift",
}
_GOODS = {
    "蘋果": "apples", "香蕉": "bananas", "葡萄": "grapes", "水蜜桃": "peaches", "草莓": "strawberries",
    "柚子": "pomelos", "芒果": "mangoes", "荔枝": "lychees", "龍眼": "longans", "西瓜": "watermelon",
    "綠茶": "green tea", "紅茶": "black tea", "烏龍茶": "oolong", "咖啡豆": "coffee beans", "蜂蜜": "honey",
    "大米": "rice", "麵條": "noodles", "餅乾": "biscuits", "堅果": "nuts", "牛肉": "beef",
    "雞蛋": "eggs", "豆腐": "tofu", "酸奶": "yoghurt", "面膜": "masks", "毛巾": "towels",
    "枕頭": "pillows", "雨傘": "umbrellas", "水杯": "cups", "檯燈": "lamps", "手機殼": "phone cases",
}  # fmt: skip
_SIZES = ("2斤", "5斤裝", "10件", "XL")

_LISTINGS = """
insert into trade.listing (product_id, merchant_id, merchant_name, name, image_url, category_slug, solo_price_fen,
    published, version, sold, listed_at, search_text, search_grams, search_spelt)
select pg_temp.id('a', n), pg_temp.id('c', pg_temp.dice(n, 3, %(merchants)s)), '{"en": "Shop"}', p.name,
    '/media/products/x.webp', 'category-' || pg_temp.dice(n, 1, %(categories)s), 500 + pg_temp.dice(n, 2, 90000),
    true, 1, pg_temp.dice(n, 4, 1000) ^ 2 / 1000, %(now)s - n * interval '1 minute', p.text, p.grams, p.spelt
from generate_series(1, %(count)s) n join pool p on p.number = pg_temp.dice(n, 5, %(pool)s)
"""
_REST = """
insert into trade.listing_sku (sku_id, product_id, name, solo_price_fen, position, active)
select pg_temp.id('b', n * 2 + k), pg_temp.id('a', n), '{"en": "one"}', l.solo_price_fen + k * 700, k, true
from generate_series(1, %(count)s) n cross join generate_series(0, 1) k
join trade.listing l on l.product_id = pg_temp.id('a', n) where k = 0 or n %% 3 = 0;

insert into trade.place (id, merchant_id, kind)
select pg_temp.id('9', m), pg_temp.id('c', m), 'main' from generate_series(0, %(merchants)s - 1) m;

insert into trade.stock (sku_id, place_id, on_hand, available)
select pg_temp.id('b', n * 2 + k), p.id, units, units
from generate_series(1, %(count)s) n cross join generate_series(0, 1) k
join trade.listing l on l.product_id = pg_temp.id('a', n) join trade.place p using (merchant_id)
cross join lateral (select case when n %% 20 = 7 then 0 else n %% 50 + 1 end as units) u
where k = 0 or n %% 3 = 0;

insert into trade.activity (id, merchant_id, product_id, kind, name, starts_at, ends_at, eligibility, terms, created_at)
select pg_temp.id('d', n), l.merchant_id, l.product_id, 'group', 'many', %(now)s - interval '1 day',
    %(now)s + interval '30 days', jsonb_build_object('newcomers_only', n %% 51 = 0, 'regions', null),
    jsonb_build_object('kind', 'group', 'people', array[2 + n %% 5], 'duration_s', 86400), %(now)s
from generate_series(1, %(count)s) n join trade.listing l on l.product_id = pg_temp.id('a', n) where n %% 3 = 0;

insert into trade.activity_price (activity_id, sku_id, tier_prices_fen)
select a.id, s.sku_id, array[s.solo_price_fen * (35 + pg_temp.dice(s.solo_price_fen, 6, 60)) / 100]
from trade.activity a join trade.listing_sku s using (product_id) where a.name = 'many';

insert into trade.buy_group (id, activity_id, product_id, merchant_id, initiator_id, status, terms, eligibility, seats,
    locked, paid, goal, missing, created_at, opened_at, deadline)
select pg_temp.id('e', n), a.id, a.product_id, a.merchant_id, pg_temp.id('f', n), 'open', a.terms, a.eligibility, seats,
    paid, paid, 'form', seats - paid, %(now)s, %(now)s, %(now)s + (1 + n %% 1440) * interval '1 minute'
from generate_series(1, %(count)s) n join trade.activity a on a.id = pg_temp.id('d', n)
cross join lateral (select 2 + n %% 5 as seats, 1 + n %% (1 + n %% 5) as paid) s where n %% 9 = 0;
"""
_FUNCTIONS = (
    "create or replace function pg_temp.id(kind text, n bigint) returns uuid language sql immutable as"
    " $$ select (kind || '0000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$;"
    # by chance, but always the same, and one thing independent of another
    " create or replace function pg_temp.dice(n bigint, what bigint, sides bigint) returns bigint"
    " language sql immutable as $$ select abs(hashint8extended(n, what) % sides) $$"
)
_TABLES = ("listing", "listing_sku", "stock", "activity", "activity_price", "buy_group")


def fill_shelf(connection: psycopg.Connection[Any], count: int, now: datetime, *, merchants: int = MERCHANTS) -> None:
    """Write so many products into an empty shop. Their cards are marked, and made by whoever works off marks."""
    pool = _pool()
    connection.execute(_FUNCTIONS)
    connection.execute(
        "create temp table pool (number int primary key, name jsonb, text text, grams text[], spelt text)"
    )
    with connection.cursor() as cursor:
        cursor.executemany("insert into pool values (%s, %s, %s, %s, %s)", pool)
    values = {
        "count": count,
        "now": now,
        "merchants": merchants,
        "categories": CATEGORIES,
        "pool": len(pool),
    }
    connection.execute(_LISTINGS, values)
    for statement in _REST.split(";\n"):
        if statement.strip():
            connection.execute(statement.encode(), values)
    connection.execute("drop table pool")
    for table in _TABLES:
        connection.execute(f"analyze trade.{table}".encode())


def _pool() -> list[tuple[int, Jsonb, str, list[str], str]]:
    """Every name there is, as it is searched."""
    names = []
    combined = product(_KINDS.items(), _GOODS.items(), _SIZES)
    for number, ((kind, english), (goods, in_english), size) in enumerate(combined):
        name = {"zh-Hant": f"{kind}{goods} {size}", "en": f"{english} {in_english} {size}"}
        text = searchable(name, {"en": "Shop"})
        spelt = spellings([text])
        names.append((number, Jsonb(name), text, [*grams([text]), *spelt], as_text(spelt)))
    return names
