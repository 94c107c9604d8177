"""An independent implementation as judge: `wechatpayv3` and we must accept each other's signatures.

It speaks over a real socket to the sandbox in its own process. What it is known to do wrong is named here.
"""

import asyncio
import gzip
import hashlib
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
import pytest
from cryptography.x509 import load_pem_x509_certificate
from wechatpayv3 import WeChatPay as Oracle
from wechatpayv3 import WeChatPayType
from wechatpayv3.core import Core

from chengtuan.gateways.sandbox import Sandbox, SandboxSettings, SigningMode
from chengtuan.gateways.wechat import OrderRequest, WeChatPay
from chengtuan.gateways.wechat.bills import read_trade_bill
from chengtuan.kernel.clock import SHANGHAI, SystemClock
from tests.gateways.process import SandboxProcess
from tests.gateways.stage import SHOP, on_stage, pay_config
from tests.support.ports import free_port


@dataclass
class Court:
    oracle: Any
    ours: WeChatPay
    process: SandboxProcess


def _oracle(folder: Path, base_url: str, *, public_key: bool) -> Any:
    """Their client with another address; in certificate mode it downloads before we could set one."""
    identity = json.loads((folder / "sandbox" / "identity.json").read_text())
    key = (folder / "sandbox" / "platform_public_key.pem").read_text()
    with patch.object(Core, "_init_certificates"):
        oracle = Oracle(
            WeChatPayType.JSAPI,
            identity["mchid"],
            (folder / "sandbox" / "merchant_key.pem").read_text(),
            identity["cert_serial"],
            identity["appid"],
            identity["api_v3_key"],
            notify_url=f"{SHOP}/callbacks",
            public_key=key if public_key else None,
            public_key_id=identity["public_key_id"] if public_key else None,
            timeout=(3, 5),
        )
    oracle._core._gate_way = base_url
    return oracle


@pytest.fixture(params=[True, False], ids=["public-key", "certificate"])
async def court(request: pytest.FixtureRequest, data_dir: Path) -> AsyncIterator[Court]:
    port = free_port()
    async with AsyncExitStack() as stack:
        process = await stack.enter_async_context(SandboxProcess(data_dir, port))
        http = await stack.enter_async_context(httpx.AsyncClient())
        # Only to read the credentials: nothing is sent through this one.
        settings = SandboxSettings(data_dir=data_dir, public_url=process.url)
        reader = Sandbox(settings, SystemClock())
        ours = WeChatPay(pay_config(reader, public_key=request.param), http, SystemClock())
        await reader.close()
        yield Court(_oracle(data_dir, process.url, public_key=request.param), ours, process)


async def test_the_oracle_accepts_our_sandbox(court: Court) -> None:
    def judge() -> None:
        oracle = court.oracle
        order = {
            "description": "三人團",
            "out_trade_no": "ORACLE0001",
            "amount": {"total": 100, "currency": "CNY"},
            "payer": {"openid": "o" + "1" * 27},
        }
        status, text = oracle.pay(**order)
        assert status == 200, text
        assert oracle.pay(**order) == (200, text), "the same order again"
        status, text = oracle.query(out_trade_no="ORACLE0001")
        assert (status, json.loads(text)["trade_state"]) == (200, "NOTPAY")
        paid = httpx.post(f"{court.process.url}/desk/api/pay", json={"out_trade_no": "ORACLE0001"})
        assert paid.json()["result"] == "paid"
        status, text = oracle.query(out_trade_no="ORACLE0001")
        assert (status, json.loads(text)["trade_state"]) == (200, "SUCCESS")
        assert oracle.close(out_trade_no="ORACLE0001")[0] == 400
        status, text = oracle.refund(
            out_refund_no="OR1",
            amount={"refund": 100, "total": 100, "currency": "CNY"},
            out_trade_no="ORACLE0001",
        )
        assert (status, json.loads(text)["status"]) == (200, "PROCESSING")
        assert oracle.query_refund("OR1")[0] == 200
        oracle.pay(**(order | {"out_trade_no": "ORACLE0002"}))
        assert oracle.close(out_trade_no="ORACLE0002")[0] == 204

    await asyncio.to_thread(judge)


async def test_oracle_and_we_see_the_same_order(court: Court) -> None:
    """Our order, their query: both signatures are good and both read the same ledger."""
    order = OrderRequest(
        out_trade_no="OURS000001",
        description="三人團",
        amount_fen=4200,
        time_expire=SystemClock().now() + timedelta(minutes=15),
        openid="o" + "2" * 27,
    )
    await court.ours.jsapi_order(order)
    status, text = await asyncio.to_thread(court.oracle.query, out_trade_no=order.out_trade_no)
    theirs = json.loads(text)
    ours = await court.ours.query_by_out_trade_no(order.out_trade_no)
    assert status == 200
    assert (theirs["out_trade_no"], theirs["trade_state"]) == (ours.out_trade_no, ours.state)


@pytest.mark.parametrize("public_key", [True, False], ids=["public-key", "certificate"])
async def test_the_oracle_reads_our_notices(data_dir: Path, public_key: bool) -> None:
    async with on_stage(data_dir, clock=SystemClock(), public_key=public_key) as stage:
        oracle = _oracle(data_dir, "http://nobody.invalid", public_key=public_key)
        if not public_key:
            stage.sandbox.use_signing(SigningMode.CERTIFICATE)
            pem = stage.sandbox.platform.certificates[-1].pem
            oracle._core._certificates.append(load_pem_x509_certificate(pem.encode()))
        order = await stage.paid()
        headers, body = stage.shop.raw[-1]
        theirs = await asyncio.to_thread(oracle.callback, headers, body)
        assert theirs["event_type"] == "TRANSACTION.SUCCESS"
        assert theirs["resource"]["out_trade_no"] == order.out_trade_no
        assert len(stage.shop.accepted) == 1
        assert not await asyncio.to_thread(oracle.callback, headers, body + b" ")


async def test_our_payment_signature_is_theirs(data_dir: Path) -> None:
    """PKCS #1 v1.5 is deterministic, so equal inputs must give equal signatures."""
    async with on_stage(data_dir) as stage:
        oracle = _oracle(data_dir, "http://nobody.invalid", public_key=True)
        made = stage.pay.jsapi_invocation("wx0001").as_dict()
        parts = [made["appId"], made["timeStamp"], made["nonceStr"], made["package"]]
        assert oracle.sign(parts) == made["paySign"]


async def test_the_oracle_fetches_the_bill_we_read(court: Court, data_dir: Path) -> None:
    """Over a real socket: what it is announced, unpacks to what was hashed, and is what we read."""
    day = SystemClock().now().astimezone(SHANGHAI).date() - timedelta(days=2)

    def judge() -> bytes:
        order = {"description": "三人團, 臍橙", "out_trade_no": "ORACLE0003", "payer": {"openid": "o" + "1" * 27}}
        assert court.oracle.pay(**order, amount={"total": 100, "currency": "CNY"})[0] == 200
        httpx.post(f"{court.process.url}/desk/api/pay", json={"out_trade_no": "ORACLE0003"})
        with sqlite3.connect(data_dir / "sandbox" / "ledger.sqlite3") as ledger:
            ledger.execute("UPDATE trade SET success_time = success_time - 2 * 24 * 3600")
        ledger.close()
        status, text = court.oracle.trade_bill(day.isoformat())
        announced = json.loads(text)
        assert (status, announced["hash_type"]) == (200, "SHA1"), text
        status, packed = court.oracle.download_bill(announced["download_url"])
        content = gzip.decompress(packed)
        assert hashlib.sha1(content, usedforsecurity=False).hexdigest() == announced["hash_value"]
        return content

    theirs = read_trade_bill(await asyncio.to_thread(judge))
    assert [(row.out_trade_no, row.amount_fen) for row in theirs.rows] == [("ORACLE0003", 100)]
    assert await court.ours.trade_bill(day) == theirs
