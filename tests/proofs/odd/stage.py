"""A shop with something of everything, people of each kind, and a watch on what a request changes."""

import contextlib
import io
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import psycopg
from PIL import Image
from psycopg import sql

from chengtuan.kernel.clock import MovableClock
from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.platform.permissions import Role
from tests.proofs.ground import Ground
from tests.proofs.odd.requests import Facts, Library, Wish, right_request
from tests.proofs.odd.values import SOME_ID
from tests.support.shop import ADDRESS, PASSWORD, Buyer, Shop, open_shop
from tests.support.world import SHOP, World, open_world

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)
_ENDLESS = ("follow_group", "await_group_change")
"""Streams and long polls, which are only asked for what is not there."""
_ENDING = ("sign_out_shopper", "sign_out_of_console")
"""Sent by nobody, so that the others stay signed in."""
_LISTS = ("list_listings", "list_own_orders", "list_inbox_messages", "read_ledger", "list_campaigns", "list_groups")
_NOT_WATCHED = "rate_limit"
"""Counting an attempt is not an effect."""


@dataclass
class Stage:
    world: World
    rights: list[Wish]
    """A right request of each route."""
    library: Library
    tokens: Mapping[str, str | None]
    touched: psycopg.Connection[Any]

    async def send(self, wish: Wish) -> httpx.Response:
        token = self.tokens[wish.caller]
        headers = [(name.encode(), value.encode()) for name, value in wish.headers.items()]
        if token is not None:
            headers.append((b"Authorization", f"Bearer {token}".encode()))
        path, _, query = wish.target.partition("?")
        raw = path.encode() + (b"?" + query.encode() if query else b"")
        url = httpx.URL(SHOP).copy_with(raw_path=raw)
        request = httpx.Request(wish.method, url, headers=headers, content=wish.payload)
        return await self.world.client.send(request)

    def changes(self) -> list[str]:
        """Tables with rows that are other than at the last look; what was taken back is no change."""
        rows = self.touched.execute(
            "with noted as (delete from odd.touched returning *)"
            " select place from noted group by place, content having sum(more) <> 0"
        ).fetchall()
        return sorted({place for (place,) in rows})

    def forgive(self) -> None:
        """Nobody has tried too often."""
        for (schema,) in self.touched.execute(
            "select schemaname from pg_tables where tablename = %s", (_NOT_WATCHED,)
        ).fetchall():
            self.touched.execute(sql.SQL("delete from {}").format(sql.Identifier(schema, _NOT_WATCHED)))


@contextlib.asynccontextmanager
async def open_stage(ground: Ground) -> AsyncIterator[Stage]:
    url = ground.fresh_database()
    async with open_world(url, ground.fresh_folder(), MovableClock(NOON)) as world:
        shop, rival = await open_shop(world), await open_shop(world)
        facts, ann, bob = await _facts(shop)
        tokens = {"nobody": None, "made-up": "x" * 43, "broken": "\u00e4", "ann": ann.person.token}
        tokens |= {"bob": bob.person.token, "owner": shop.merchant.token, "rival": rival.merchant.token}
        tokens["admin"] = await _admin(world)
        with psycopg.connect(url, autocommit=True) as connection, _watched(connection):
            stage = Stage(world, _rights(world, facts), Library({}, list(tokens)), tokens, connection)
            stage.library = Library(await _cursors(stage), list(tokens))
            stage.changes()
            yield stage


async def _admin(world: World) -> str:
    accounts = world.composition.facades[AccountsFacade]
    assert isinstance(accounts, AccountsFacade)
    await accounts.add_staff(login="root", password=PASSWORD, name="R", roles=[Role.PLATFORM_ADMIN], merchant_id=None)
    return (await world.staff("root", PASSWORD)).token


async def _facts(shop: Shop) -> tuple[Facts, Buyer, Buyer]:
    """What a small shop knows after some sales: two orders to be sent, one sent, one unpaid, one given back."""
    world = shop.world
    campaign = await shop.campaign([3], [7000])
    ann, bob = await shop.shopper(1), await shop.shopper(2)
    sent, waiting, opened = [await ann.order("solo"), await ann.order("solo"), await ann.open(campaign)]
    for order in (sent, waiting, opened):
        await ann.pay(order["id"])
    left = await bob.open(campaign)
    await bob.pay(left["id"])
    await bob.person.post(f"/api/v1/trade/orders/{left['id']}/cancel")
    parcel = {"carrier_code": "SF", "tracking_no": "SF1234567890123"}
    gone = await shop.merchant.post(f"/api/v1/fulfilment/console/orders/{sent['id']}/ship", parcel)
    unpaid = await ann.order("solo")
    await world.settle()
    refunds = (await shop.merchant.get("/api/v1/trade/console/refunds")).json()["items"]
    ids = {
        "order_id": unpaid["id"],
        "address_id": ann.address_id,
        "campaign_id": campaign["id"],
        "group_id": opened["group_id"],
        "product_id": shop.product_id,
        "sku_id": shop.sku_id,
        "merchant_id": str(shop.merchant_id),
        "refund_id": refunds[0]["id"],
        "parcel_id": gone.json()["id"],
        "difference_id": SOME_ID,
        "bill_date": "2026-05-31",
        "module": "trade",
        "Idempotency-Key": str(uuid4()),
    }
    more = (await ann.person.post("/api/v1/accounts/me/addresses", ADDRESS)).json()
    words = ids | {
        "remove_my_address.address_id": more["id"],
        "list_own_orders.status": "to_ship",
        "list_console_orders.status": "to_ship",
        "list_groups.status": "open",
        "list_console_refunds.status": "abnormal",
        "ship_parcel.order_id": waiting["id"],
        "list_parcels.order_id": sent["id"],
        "list_console_parcels.order_id": sent["id"],
        "category": "fresh",
        "q": "蜜柚",
        "version": "1",
        "end_campaigns": "false",
    }
    product = (await shop.merchant.get(f"/api/v1/catalog/console/products/{shop.product_id}")).json()
    return Facts(words, _bodies(shop, ids, product, parcel)), ann, bob


def _bodies(shop: Shop, ids: Mapping[str, str], product: Mapping[str, Any], parcel: Any) -> dict[str, Any]:
    names = ("name", "summary", "description", "category_slug", "images", "list_price_fen", "skus")
    content = {name: product[name] for name in names}
    wish = {"mode": "open", "sku_id": shop.sku_id, "quantity": 1, "address_id": ids["address_id"]}
    wish |= {"campaign_id": ids["campaign_id"], "group_id": None}
    proof = {"challenge": "a.b.c", "nonce": "1"}
    campaign = {
        "product_id": shop.product_id,
        "name": "five",
        "kind": "ladder",
        "tiers": [
            {"people": n, "prices": [{"sku_id": shop.sku_id, "price_fen": fen}]} for n, fen in ((3, 8000), (5, 6000))
        ],
        "group_duration_s": 3600,
        "starts_at": NOON.isoformat(),
        "ends_at": (NOON + timedelta(days=9)).isoformat(),
        "stock_cap": 10,
        "per_user_limit": 2,
        "regions": ["440000"],
        "newcomers_only": False,
        "overflow": False,
        "initiator_off_percent": 5,
        "hard_end": False,
    }
    return {
        "send_sms_code": {"phone": "13800000003", "device": None, "proof": proof},
        "sign_in_with_phone": {"phone": "13800000003", "code": "123456", "request_id": "x" * 43, "proof": proof},
        "sign_in_with_wechat": {"code": "made-up", "device": "x" * 43},
        "change_me": {"nickname": "安", "avatar": "a01"},
        "bind_wechat_phone": {"code": "made-up"},
        "add_my_address": ADDRESS,
        "change_my_address": ADDRESS | {"version": 1},
        "sign_in_to_console": {"login": "root", "password": "wrong-password", "proof": None},
        "create_console_product": content | {"skus": [{"name": {"en": "One"}, "solo_price_fen": 9900}]},
        "edit_console_product": content | {"version": product["version"]},
        "explain_bill_difference": {"note": "as agreed"},
        "preview_order": wish,
        "create_order": wish | {"expected_payable_fen": 7000, "remark": "門口"},
        "pay_order": {"channel": "wechat_h5", "return_url": f"{SHOP}/back"},
        "create_campaign": campaign,
        "put_stock": {"on_hand": 99, "expected": 99, "note": "counted"},
        "move_sku_stock": {"delta": 5, "reason": "received", "note": "a box"},
        "ship_parcel": parcel,
        "add_parcel_event": {"code": "delivered", "text": "here"},
        "record_subscriptions": {"accepted": ["group_formed"]},
        "try_stuck_work_again": {"kind": "job", "ids": [1]},
        "set_stuck_work_aside": {"kind": "event", "ids": [1]},
    }


def _rights(world: World, facts: Facts) -> list[Wish]:
    rights = []
    for path, methods in world.api.openapi()["paths"].items():
        for method, described in methods.items():
            name = described["operationId"]
            caller = "nobody" if name in _ENDING else _caller(path, described)
            about = Facts({**facts.words, "group_id": SOME_ID}, facts.bodies) if name in _ENDLESS else facts
            right = right_request(path, method, described, caller, about)
            rights.append(_with_picture(right) if name == "upload_console_media" else right)
    return rights


def _caller(path: str, described: Mapping[str, Any]) -> str:
    """Who may ask, most likely: others are tried as well."""
    if "/reconciliation" in path or "/differences" in path or "/background" in path:
        return "admin"
    return "owner" if "/console" in path or "/staff" in path else "ann"


def _with_picture(right: Wish) -> Wish:
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    request = httpx.Request("POST", SHOP, files={"file": ("a.png", picture.getvalue(), "image/png")})
    request.read()
    headers = {"Content-Type": request.headers["content-type"]}
    return Wish(right.operation, right.method, right.path, right.caller, headers=headers, content=request.content)


async def _cursors(stage: Stage) -> dict[str, str]:
    """A real one of each list that has more than a page."""
    found = {}
    for right in stage.rights:
        if any(name == "cursor" for name, _ in right.query):
            query = [(name, "1" if name == "limit" else value) for name, value in right.query if value]
            wish = Wish(right.operation, "GET", right.path, right.caller, right.places, query)
            answer = await stage.send(wish)
            if answer.status_code == 200 and answer.json().get("next_cursor"):
                found[right.operation] = answer.json()["next_cursor"]
    return found


@contextlib.contextmanager
def _watched(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Each changed row leaves a note, in the same transaction: what is rolled back leaves none.

    The months of the archive have the triggers of their table.
    """
    connection.execute(_NOTES)
    tables = connection.execute(
        "select schemaname, tablename from pg_tables where tableowner like 'chengtuan\\_%%' and tablename <> %s"
        " and tablename not like 'event\\_archive\\_%%'",
        (_NOT_WATCHED,),
    ).fetchall()
    for schema, table in tables:
        connection.execute(sql.SQL(_NOTE).format(table=sql.Identifier(schema, table)))
    try:
        yield
    finally:
        connection.execute("drop schema odd cascade")


_NOTES = """
    drop schema if exists odd cascade;
    create schema odd;
    create table odd.touched (place text not null, content text not null, more integer not null);
    create function odd.note() returns trigger language plpgsql security definer as $$
    begin
        if tg_op <> 'INSERT' then
            insert into odd.touched values (tg_table_schema || '.' || tg_table_name, old::text, -1);
        end if;
        if tg_op <> 'DELETE' then
            insert into odd.touched values (tg_table_schema || '.' || tg_table_name, new::text, 1);
        end if;
        return null;
    end $$"""
_NOTE = """
    create trigger odd_rows after insert or update or delete on {table} for each row execute function odd.note()"""
