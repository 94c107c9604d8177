"""The sandbox as a process: it forgets nothing when killed, and ends when asked to."""

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from chengtuan.gateways.sandbox import Sandbox, SandboxSettings
from chengtuan.gateways.wechat import OrderRequest, RefundStatus, WeChatPay
from chengtuan.kernel.clock import FileOffsetClock, SystemClock
from tests.gateways.process import SandboxProcess
from tests.gateways.stage import pay_config
from tests.support.ports import free_port


@pytest.fixture
async def ours(data_dir: Path) -> tuple[WeChatPay, SandboxProcess, httpx.AsyncClient, Path]:
    """Our client and a sandbox's process that share a clock file."""
    process = SandboxProcess(
        data_dir,
        free_port(),
        CHENGTUAN_CLOCK_FILE=str(data_dir / "clock"),
        CHENGTUAN_SANDBOX_REFUND_DELAY_S="0",
    )
    settings = SandboxSettings(data_dir=data_dir, public_url=process.url)
    reader = Sandbox(settings, SystemClock())
    http = httpx.AsyncClient(base_url=process.url)
    pay = WeChatPay(pay_config(reader), http, FileOffsetClock(data_dir / "clock"))
    await reader.close()
    return pay, process, http, data_dir


def _order(number: int) -> OrderRequest:
    return OrderRequest(
        out_trade_no=f"KILL{number:06}",
        description="臍橙",
        amount_fen=100,
        time_expire=datetime.now(UTC) + timedelta(days=2),
        openid="o" + "3" * 27,
    )


@pytest.mark.faults
async def test_a_killed_sandbox_keeps_its_ledger(
    ours: tuple[WeChatPay, SandboxProcess, httpx.AsyncClient, Path],
) -> None:
    """kill -9 in the middle of a stream of payments: every answered one is still there."""
    pay, process, http, _ = ours
    answered: list[str] = []

    async def shop(first: int) -> None:
        for number in range(first, first + 1000):
            order = _order(number)
            try:
                await pay.jsapi_order(order)
                result = await http.post("/desk/api/pay", json={"out_trade_no": order.out_trade_no})
            except Exception:  # noqa: BLE001 (the sandbox is being killed: any failure ends this shopper)
                return
            if result.status_code == 200:
                answered.append(order.out_trade_no)

    async with process:
        shoppers = [asyncio.create_task(shop(first * 1000)) for first in range(4)]
        while len(answered) < 40:
            await asyncio.sleep(0.01)
        await process.kill()
        await asyncio.gather(*shoppers)
        await process.start()
        for number in answered:
            assert (await pay.query_by_out_trade_no(number)).paid, number
        assert len(answered) >= 40
    await http.aclose()


@pytest.mark.faults
async def test_undelivered_notices_and_refunds_survive(
    ours: tuple[WeChatPay, SandboxProcess, httpx.AsyncClient, Path],
) -> None:
    """Nobody listens at the shop; after the kill the notice is still owed and the clock moves both."""
    pay, process, http, folder = ours
    async with process:
        await pay.jsapi_order(_order(1))
        await http.post("/desk/api/pay", json={"out_trade_no": "KILL000001"})
        await http.post("/control/faults", json={"kind": "refund_delayed", "seconds": 3600})
        await pay.refund(out_trade_no="KILL000001", out_refund_no="R1", amount_fen=100, total_fen=100, reason="x")
        await http.post("/control/faults", json={"kind": "api_500", "times": 3})
        await process.kill()
        await process.start()
        assert len((await http.get("/control/faults")).json()["items"]) == 1, "armed faults survive too"
        await http.delete("/control/faults")
        assert (await pay.query_refund("R1")).status is RefundStatus.PROCESSING
        (folder / "clock").write_text("3700")
        await asyncio.sleep(0.2)
        await http.post("/control/deliver")
        assert (await pay.query_refund("R1")).status is RefundStatus.SUCCESS
        notices = (await http.get("/desk/api/ledger")).json()["notices"]
        assert {notice["event_type"] for notice in notices} == {"TRANSACTION.SUCCESS", "REFUND.SUCCESS"}
        assert {notice["status"] for notice in notices} == {"pending"}
        assert await process.stop() == 0
    await http.aclose()


def test_init_only_writes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "chengtuan.gateways.sandbox", "--port", "18119", "--data", str(tmp_path)]
    done = subprocess.run([*command, "--init"], capture_output=True, text=True, timeout=60, check=True)
    path = Path(done.stdout.strip())
    lines = dict(line.split("=", 1) for line in path.read_text().splitlines())
    assert lines["CHENGTUAN_SMS_BASE_URL"] == "http://127.0.0.1:18119/sms-vendor"
    assert Path(lines["CHENGTUAN_WECHAT_PAY_PRIVATE_KEY_FILE"]).is_file()
    assert Path(lines["CHENGTUAN_WECHAT_PAY_PUBLIC_KEY_FILE"]).is_file()
