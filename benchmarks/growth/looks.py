"""What is asked of a town, by its shoppers and in its consoles. Each look is the same in a town of any size."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import psycopg

from benchmarks.growth.fill import Size, recipient
from benchmarks.growth.people import Crowd, Shopper, made_id
from chengtuan.kernel.pagination import encode_cursor

MERCHANT = 7
"""Whose console is looked at."""
_SAMPLES = 64
_FOUND = (
    "蘋果",
    "香蕉",
    "葡萄",
    "草莓",
    "柚子",
    "芒果",
    "荔枝",
    "綠茶",
    "紅茶",
    "蜂蜜",
    "大米",
    "堅果",
    "牛肉",
    "豆腐",
)
_SOUNDS = ("shuimitao", "pingguo", "putao", "youzi", "lizhi", "lvcha", "hongcha", "fengmi", "dami", "niurou", "doufu")
_NOWHERE = ("鑽石", "汽車", "飛機", "輪船", "鋼琴", "電腦", "沙發", "鬧鐘", "輪胎", "地圖", "鑰匙", "鋼筆", "吉他")
_LISTINGS = "/api/v1/trade/listings"
_CONSOLE = "/api/v1/trade/console"


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    token: str | None = None
    body: Mapping[str, Any] | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Town:
    """What looks are about: samples of what there is, the same parts of it in each size."""

    size: Size
    crowd: Crowd
    orders: Sequence[Mapping[str, Any]]
    """Of the merchant whose console is looked at, with parcels, from the middle of the year."""
    groups: Sequence[Mapping[str, Any]]
    """Open, with a free seat."""
    hot_sku: str


Ask = Callable[[Town, int], Request]


@dataclass
class Looks:
    by_name: dict[str, Ask] = field(default_factory=dict)

    def add(
        self, name: str, path: Callable[[Town, int], str], who: Callable[[Town, int], str | None] | None = None
    ) -> None:
        self.by_name[name] = lambda town, turn: Request("GET", path(town, turn), who(town, turn) if who else None)


def visit(database_url: str, size: Size, crowd: Crowd) -> Town:
    with psycopg.connect(database_url, row_factory=psycopg.rows.dict_row) as connection:
        orders = connection.execute(
            "select o.id::text, o.number, o.user_id, o.group_id, p.tracking_no, o.ready_at from trade.shop_order o"
            " join trade.order_parcel p on p.order_id = o.id where o.merchant_id = %s and o.status = 'completed'"
            " and o.created_at > now() - interval '180 days' order by o.id limit %s",
            (made_id("c", MERCHANT), _SAMPLES),
        ).fetchall()
        groups = connection.execute(
            "select g.id::text, v.sku_id::text,"
            " array(select s.user_id from trade.seat s where s.group_id = g.id) as members"
            " from trade.buy_group g join trade.listing_sku v using (product_id)"
            " join trade.stock s using (sku_id) where g.status = 'open' and g.locked < g.seats and v.position = 0"
            " and s.available > 3 and g.deadline > now() + interval '15 minutes'"
            " and not (g.eligibility ->> 'newcomers_only')::boolean order by md5(g.id::text) limit %s",
            (_SAMPLES,),
        ).fetchall()
    return Town(size, crowd, orders, groups, str(made_id("b", 2)))


def _owner(town: Town, _: int) -> str:
    return town.crowd.owner


def _platform(town: Town, _: int) -> str:
    return town.crowd.platform


def _shopper(town: Town, turn: int) -> str:
    return _buyer(town, turn).token


def _buyer(town: Town, turn: int) -> Shopper:
    return town.crowd.shoppers[turn % len(town.crowd.shoppers)]


def _order(town: Town, turn: int) -> Mapping[str, Any]:
    return town.orders[turn % len(town.orders)]


def _group(town: Town, turn: int) -> Mapping[str, Any]:
    return town.groups[turn % len(town.groups)]


def _cursor(town: Town, turn: int) -> str:
    """Half a year back."""
    return encode_cursor(str(_order(town, turn)["id"]))


def catalogue() -> Mapping[str, Ask]:
    looks = Looks()
    _shop(looks)
    _own(looks)
    _console_orders(looks)
    _console_others(looks)
    _money(looks)
    looks.by_name["submit an order"] = submit
    looks.by_name["take a seat"] = take_seat
    return looks.by_name


def _shop(looks: Looks) -> None:
    """Pages that are kept for a second: no two of these are the same page."""
    looks.add("home", lambda _, turn: f"{_LISTINGS}?sort=popular&limit={5 + turn % 20}")
    looks.add("home, newest", lambda _, turn: f"{_LISTINGS}?sort=newest&limit={5 + turn % 20}")
    looks.add("a category", lambda _, turn: f"{_LISTINGS}?category=category-{turn % 16}&limit={10 + turn // 16}")
    looks.add(
        "search, found", lambda _, turn: f"{_LISTINGS}?q={quote(_FOUND[turn % len(_FOUND)])}&limit={5 + turn // 14}"
    )
    looks.add("search, sounds", lambda _, turn: f"{_LISTINGS}?q={_SOUNDS[turn % len(_SOUNDS)]}&limit={5 + turn // 11}")
    looks.add(
        "search, nothing",
        lambda _, turn: f"{_LISTINGS}?q={quote(_NOWHERE[turn % len(_NOWHERE)])}&limit={5 + turn // 13}",
    )
    looks.add("product", lambda _, turn: f"/api/v1/catalog/products/{made_id('a', 30 + turn)}")
    looks.add("product's offer", lambda _, turn: f"/api/v1/trade/products/{made_id('a', 30 + turn)}/offer")
    looks.add("hot product's offer", lambda *_: f"/api/v1/trade/products/{made_id('a', 3)}/offer")
    looks.add("hot product's groups", lambda *_: f"/api/v1/trade/products/{made_id('a', 3)}/groups?limit=5")
    looks.add("group", lambda town, turn: f"/api/v1/trade/groups/{_group(town, turn)['id']}")


def _own(looks: Looks) -> None:
    looks.add("own orders", lambda *_: "/api/v1/trade/orders?limit=5", _shopper)
    looks.add("own orders, completed", lambda *_: "/api/v1/trade/orders?limit=5&status=completed", _shopper)
    looks.add("own orders, counts", lambda *_: "/api/v1/trade/orders/counts", _shopper)
    looks.add("own inbox", lambda *_: "/api/v1/messaging/inbox?limit=5", _shopper)


def _asked_of(path: str, query: Callable[[Town, int], str]) -> Callable[[Town, int], str]:
    return lambda town, turn: f"{path}?{query(town, turn)}"


def _console_orders(looks: Looks) -> None:
    path = f"{_CONSOLE}/orders"
    asked: dict[str, Callable[[Town, int], str]] = {
        "orders": lambda *_: "limit=10",
        "orders, half a year ago": lambda town, turn: f"limit=10&cursor={_cursor(town, turn)}",
        "orders to ship": lambda *_: "limit=3&status=to_ship",
        "orders to ship, longest waiting": lambda *_: "limit=3&sort=waiting",
        "orders, completed": lambda *_: "limit=10&status=completed",
        "orders, two states": lambda *_: "limit=3&status=to_ship&status=shipped",
        "orders by number": lambda town, turn: f"limit=5&q={_order(town, turn)['number']}",
        "orders by parcel": lambda town, turn: f"limit=5&q={_order(town, turn)['tracking_no']}",
        "orders by goods": lambda *_: f"limit=5&q={quote('蘋果')}",
        "orders of a group": lambda town, turn: f"limit=5&group_id={_group(town, turn)['id']}",
    }
    for name, query in asked.items():
        for shop, who in (("shop", _owner), ("platform", _platform)):
            looks.add(f"{shop}: {name}", _asked_of(path, query), who)
    looks.add("shop: orders by phone", lambda town, turn: f"{path}?limit=5&q={_phone(town, turn)}", _owner)
    looks.add("shop: orders by name", lambda town, turn: f"{path}?limit=5&q={_name(town, turn)}", _owner)
    looks.add("shop: orders by four digits", lambda town, turn: f"{path}?limit=1&q={_phone(town, turn)[-4:]}", _owner)
    looks.add("shop: order counts", lambda *_: f"{path}/counts", _owner)
    looks.add("platform: order counts", lambda *_: f"{path}/counts", _platform)
    looks.add("shop: one order", lambda town, turn: f"{path}/{_order(town, turn)['id']}", _owner)
    looks.add("shop: orders, 100 rows", lambda *_: f"{path}?limit=100", _owner)


def _person_of(order: Mapping[str, Any]) -> int:
    return int(str(order["user_id"])[-12:], 16)


def _phone(town: Town, turn: int) -> str:
    return recipient(_person_of(_order(town, turn))).phone.removeprefix("+86")


def _name(town: Town, turn: int) -> str:
    return quote(recipient(_person_of(_order(town, turn))).name)


def _console_others(looks: Looks) -> None:
    for shop, who in (("shop", _owner), ("platform", _platform)):
        looks.add(f"{shop}: groups", lambda *_: f"{_CONSOLE}/groups?limit=5", who)
        looks.add(f"{shop}: open groups", lambda *_: f"{_CONSOLE}/groups?limit=3&status=open", who)
        looks.add(f"{shop}: failed groups", lambda *_: f"{_CONSOLE}/groups?limit=3&status=failed", who)
        looks.add(f"{shop}: group counts", lambda *_: f"{_CONSOLE}/groups/counts", who)
        looks.add(f"{shop}: campaigns", lambda *_: f"{_CONSOLE}/campaigns?limit=5", who)
        looks.add(f"{shop}: refunds", lambda *_: f"{_CONSOLE}/refunds?limit=5", who)
        looks.add(f"{shop}: refunds under way", lambda *_: f"{_CONSOLE}/refunds?limit=1&status=submitted", who)
        looks.add(f"{shop}: refund queue", lambda *_: f"{_CONSOLE}/refunds/summary", who)
    products = "/api/v1/catalog/console/products"
    looks.add("shop: products", lambda *_: f"{products}?limit=10", _owner)
    looks.add("shop: products by name", lambda *_: f"{products}?limit=1&q={quote('蘋果')}", _owner)
    looks.add("shop: products, no such name", lambda *_: f"{products}?limit=5&q={quote('鑽石')}", _owner)
    looks.add("shop: freight of products", lambda *_: f"{_CONSOLE}/freight/products?limit=10", _owner)
    looks.add(
        "shop: freight by no such name", lambda *_: f"{_CONSOLE}/freight/products?limit=10&q={quote('鑽石')}", _owner
    )
    looks.add("shop: stock movements", lambda town, _: f"{_CONSOLE}/stock/{town.hot_sku}/movements?limit=5", _platform)


def _money(looks: Looks) -> None:
    base = "/api/v1/payments/console"
    for shop, who in (("shop", _owner), ("platform", _platform)):
        looks.add(f"{shop}: ledger", lambda *_: f"{base}/ledger?limit=10", who)
        looks.add(f"{shop}: balances", lambda *_: f"{base}/summary", who)
    looks.add("platform: reconciliations", lambda *_: f"{base}/reconciliations?limit=10", _platform)
    looks.add("platform: background", lambda *_: "/api/v1/background", _platform)


def submit(town: Town, turn: int) -> Request:
    """Everybody orders the same thing."""
    return _ordering(town, turn, {"mode": "solo", "sku_id": town.hot_sku})


def take_seat(town: Town, turn: int) -> Request:
    who = made_id("f", _buyer(town, turn).person)
    group = next(group for nth in range(_SAMPLES) if who not in (group := _group(town, turn + nth))["members"])
    return _ordering(town, turn, {"mode": "join", "sku_id": group["sku_id"], "group_id": group["id"]})


def _ordering(town: Town, turn: int, wish: Mapping[str, Any]) -> Request:
    shopper = _buyer(town, turn)
    body = {"quantity": 1, "address_id": str(shopper.address_id)} | dict(wish)
    return Request("POST", "/api/v1/trade/orders", shopper.token, body, str(uuid4()))


def items_in(answer: bytes) -> int | None:
    """How many a list has; None of what is no list."""
    found = json.loads(answer)
    items = found.get("items") if isinstance(found, dict) else None
    return len(items) if isinstance(items, list) else None
