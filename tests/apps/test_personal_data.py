"""A stolen dump, or a log, names nobody: neither of a new shop nor of one that was made before all was encrypted."""

import base64
import json
import subprocess
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import psycopg
import pytest
import structlog

from chengtuan.apps.embedded import Cluster
from chengtuan.apps.ownership import bring_up_to_date
from chengtuan.apps.verify import verify_installation
from chengtuan.gateways.wechat import WeChatSession
from chengtuan.kernel.clock import MovableClock
from chengtuan.modules.accounts.facade import AccountsFacade
from chengtuan.modules.payments.facade import PaymentsFacade
from chengtuan.modules.trade.facade import payable_of
from chengtuan.platform.logs import configure_logs
from tests.modules.fulfilment.support import order_paid_in_wechat, ship
from tests.modules.messaging.support import WeChatUser, wechat_user
from tests.support.shop import Buyer, Shop, open_shop
from tests.support.world import World, environment, open_world

pytestmark = pytest.mark.postgres

UNIONID = "u-6_bmasdasdsad6_2sgVt7hMZOPfL"
ADDRESS: dict[str, Any] = {
    "name": "歐陽不詳",
    "phone": "13700137042",
    "province_code": "440000",
    "province": "廣東省",
    "city": "深圳市",
    "district": "南山區",
    "detail": "望海路隱居花園 7 棟 701",
    "is_default": True,
}
REMARK = "請放在歐陽家的鞋櫃裡"
PHONE = "13600136042"


class Dumps:
    """What somebody gets who steals the database."""

    def __init__(self, cluster: Cluster) -> None:
        self._program = cluster.programs.binaries.program("pg_dump")

    def of(self, url: str) -> str:
        return subprocess.run(
            [self._program, "--inserts", url], check=True, capture_output=True, text=True, env={"LC_ALL": "C.UTF-8"}
        ).stdout


@pytest.fixture
def dumps(cluster: Cluster) -> Dumps:
    return Dumps(cluster)


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Everything that is logged, also what is no warning."""
    configure_logs("debug")
    structlog.configure(cache_logger_on_first_use=False)
    return lambda: "".join(capsys.readouterr())


def readable(text: str, secrets: Iterable[str]) -> list[str]:
    """Which of these can be read in a text: as they are, escaped, in hexadecimal or in base64."""
    return [
        secret
        for secret in secrets
        if any(
            form in text
            for form in (
                secret,
                json.dumps(secret)[1:-1],
                secret.encode().hex(),
                base64.b64encode(secret.encode()).decode().rstrip("=")[:-1],
            )
        )
    ]


async def a_purchase(world: World, shop: Shop) -> WeChatUser:
    """All that people of the mini program leave behind: bought and sent, and paid back."""
    ann = await wechat_user(world)
    await ann.bind_phone(PHONE)
    answer = await ann.person.post("/api/v1/accounts/me/addresses", ADDRESS)
    buyer = Buyer(shop, ann.person, answer.json()["id"])
    campaign = await shop.campaign([2], [9000])
    lonely = await buyer.open(campaign, remark=REMARK)
    await _pay(world, buyer, lonely["id"])
    await ship(shop, await order_paid_in_wechat(shop, buyer))
    await world.sign_in(PHONE)
    world.clock.advance(timedelta(hours=2))
    await world.settle()
    world.clock.advance(timedelta(minutes=5))
    await world.settle()
    assert (await buyer.see(lonely["id"]))["status"] == "refunded"
    return ann


async def pay_as_somebody_else(world: World, ann: WeChatUser, shop: Shop) -> str:
    """WeChat names another payer than the one who asked: the openid of that one."""
    answer = await ann.person.get("/api/v1/accounts/me/addresses")
    buyer = Buyer(shop, ann.person, answer.json()["items"][0]["id"])
    order = await buyer.order("solo")
    answer = await buyer.person.post(f"/api/v1/trade/orders/{order['id']}/pay", {"channel": "wechat_jsapi"})
    other = "o-somebody-else-altogether-1"
    world.sandbox_app.state.sandbox.store.run("UPDATE trade SET payer_openid = ? WHERE state = 'NOTPAY'", other)
    prepay_id = answer.json()["jsapi"]["package"].removeprefix("prepay_id=")
    await world.partner.post("/desk/api/pay", json={"prepay_id": prepay_id})
    await world.settle()
    return other


async def _pay(world: World, buyer: Buyer, order_id: str) -> None:
    answer = await buyer.person.post(f"/api/v1/trade/orders/{order_id}/pay", {"channel": "wechat_jsapi"})
    prepay_id = answer.json()["jsapi"]["package"].removeprefix("prepay_id=")
    assert (await world.partner.post("/desk/api/pay", json={"prepay_id": prepay_id})).json()["result"] == "paid"
    await world.settle()


@pytest.fixture
def with_unionid(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shop belongs to an account of WeChat's open platform."""
    known = WeChatSession.__init__

    def knowing(self: WeChatSession, **fields: object) -> None:
        known(self, **(fields | {"unionid": UNIONID}))  # type: ignore[arg-type]

    monkeypatch.setattr(WeChatSession, "__init__", knowing)


@pytest.mark.usefixtures("with_unionid")
@pytest.mark.feature("F53")
async def test_neither_a_dump_nor_the_log_names_who_bought(
    world: World, dumps: Dumps, told: Callable[[], str], database_url: str
) -> None:
    shop = await open_shop(world)
    ann = await a_purchase(world, shop)
    other = await pay_as_somebody_else(world, ann, shop)
    secrets = [other, ann.openid, UNIONID, PHONE, ADDRESS["phone"], ADDRESS["name"], ADDRESS["detail"], REMARK]
    dump, log = dumps.of(database_url), told()
    assert readable(dump, secrets) == []
    assert readable(log, secrets) == []
    assert "payment_mismatched" in log
    # the control: it is all there for those who have the keys, and would be found if it were not encrypted
    with psycopg.connect(database_url, autocommit=True) as connection:
        assert connection.execute("select count(*) from payments.notice").fetchone() == (4,)
        assert connection.execute("select count(*) from accounts.person where unionid_sealed is null").fetchone() == (
            0,
        )
        connection.execute("update payments.refund set last_error = %s", (f"the account of {ann.openid} is closed",))
        connection.execute("update accounts.person set phone = convert_to(%s, 'utf8')", (f"+86{PHONE}",))
    assert readable(dumps.of(database_url), secrets) == [ann.openid, PHONE]


def _make_older(url: str) -> list[str]:
    """Give the first release's shop people of WeChat, as that release kept them; what must not be read later."""
    with psycopg.connect(url) as connection:
        people = connection.execute("select id from accounts.person order by id").fetchall()
        secrets = [f"o-older-{number}-{person.hex[:9]}" for number, (person,) in enumerate(people)]
        for (person,), openid in zip(people, secrets, strict=True):
            connection.execute(
                "update accounts.person set openid = %s, unionid = %s where id = %s", (openid, f"u-{openid}", person)
            )
            connection.execute("update payments.payment set payer_openid = %s where user_id = %s", (openid, person))
        connection.execute(
            "update payments.notice n set content = jsonb_build_object('payer_openid', p.payer_openid)"
            " from payments.payment p where p.out_trade_no = n.subject"
        )
        connection.execute("update trade.shop_order set remark = %s", (REMARK,))
        assert connection.execute("select count(*) > 0 from payments.payment").fetchone() == (True,)
    return [*secrets, *(f"u-{openid}" for openid in secrets), REMARK]


async def test_what_an_older_release_kept_readable_is_encrypted_by_itself(
    new_database: Callable[..., str], first_release: str, dumps: Dumps, tmp_path: Path
) -> None:
    url = new_database(first_release)
    secrets = _make_older(url)
    assert set(readable(dumps.of(url), secrets)) == set(secrets)
    environ = environment(url, tmp_path)
    bring_up_to_date(environ)
    clock = MovableClock(_last_sale(url))
    async with open_world(url, tmp_path, clock) as world:
        accounts, payments = world.composition.running["accounts"], world.composition.running["payments"]
        before = await _known(world, url)
        assert [each[1] for each in before] == secrets[: len(before)]
        for running in (accounts, payments, world.composition.running["trade"]):
            await running.jobs.prepare()
        clock.advance(timedelta(hours=1))
        await world.composition.settle()
        assert readable(dumps.of(url), secrets) == []
        assert await _known(world, url) == before
    assert not [each for each in verify_installation(environ).sentences() if "the keys do not open" in each]


def _last_sale(url: str) -> datetime:
    with psycopg.connect(url) as connection:
        ((moment,),) = connection.execute("select max(created_at) from trade.shop_order").fetchall()
        return cast("datetime", moment)


async def _known(world: World, url: str) -> list[tuple[UUID, str | None, set[str | None]]]:
    """Each person with what WeChat calls them, and who paid their orders."""
    with psycopg.connect(url) as connection:
        people = connection.execute("select id from accounts.person order by id").fetchall()
        orders = connection.execute(
            "select p.user_id, y.subject_id from payments.payment p join payments.payable y on y.id = p.payable_id"
            " where p.status = 'paid'"
        ).fetchall()
    accounts, payments = (cast("Any", world.composition.facades[each]) for each in (AccountsFacade, PaymentsFacade))
    contacts = {each.user_id: each.openid for each in await accounts.get_contacts(user_ids=[one for (one,) in people])}
    payers: dict[UUID, set[str | None]] = {person: set() for (person,) in people}
    for person, order in orders:
        payers[person].add((await payments.find_payment(payable=payable_of(order))).payer_openid)
    return [(person, contacts[person], payers[person]) for (person,) in people]
