"""The whole system as `chengtuan up` starts it: database, sandbox, servers, demo data."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.support.ports import free_port

ROOT = Path(__file__).parents[2]
START_TIMEOUT_S = 300.0
STOP_TIMEOUT_S = 60.0
# What makes a campaign another story than "pay, join, form".
_SPECIAL_TERMS = ("regions", "per_user_limit", "newcomers_only", "overflow", "initiator_off_percent")
_READY = "Ctrl-C stops everything."


@dataclass
class RunningShop:
    """One running copy. `api` speaks to `/api/v1`, `desk` to the sandbox; both without an account."""

    port: int
    data: Path
    process: subprocess.Popen[bytes]
    api: httpx.AsyncClient
    desk: httpx.AsyncClient

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def desk_url(self) -> str:
        return f"http://127.0.0.1:{self.port + 1}"

    def page(self, path: str) -> str:
        """Address of a page of the shop, such as `/group/<id>`."""
        return f"{self.url}{path}"

    def move_clock(self, seconds: float) -> None:
        """Lets time pass for the server and its partners alike; browsers stay where they are."""
        file = clock_file(self.data)
        draft = file.with_suffix(".draft")
        draft.write_text(str(int(file.read_text()) + int(seconds)))
        draft.replace(file)

    async def get(self, path: str, **query: Any) -> Any:
        """What everybody may read. Raises `httpx.HTTPStatusError`."""
        answer = await self.api.get(path, params=query)
        answer.raise_for_status()
        return answer.json()

    async def sms_codes(self, phone: str) -> list[str]:
        """The codes that the sandbox's inbox holds for a mainland phone, newest first."""
        answer = await self.desk.get("/desk/api/sms", params={"phone": f"+86{phone}"})
        return [str(item["code"]) for item in answer.json()["items"] if item["code"]]

    async def sms_code(self, phone: str, *, before: int = 0) -> str:
        """The newest code for a phone that had so many `before`."""
        for _ in range(100):
            if len(codes := await self.sms_codes(phone)) > before:
                return codes[0]
            await asyncio.sleep(0.2)
        raise AssertionError(f"no text message arrived at {phone}")

    def console_account(self, merchant_name: str) -> tuple[str, str]:
        """Login and password of a demo merchant, by its name in traditional Chinese."""
        accounts = json.loads((self.data / "demo-accounts.json").read_text(encoding="utf-8"))
        return next((a["login"], a["password"]) for a in accounts["console"] if a["what"] == merchant_name)

    async def listing(
        self, *, kind: str | None, people: int = 0, skip: int = 0, one_variant: bool = False
    ) -> dict[str, Any]:
        """A product on sale to everybody on plain terms, sent free: with a campaign of `kind`, or None without.

        None that is in a flash sale, running or announced, so that tests may sell in whatever order they come.
        """
        slots = (await self.get("/trade/flash-sales"))["slots"]
        in_sales = {sale["product"]["id"] for slot in slots for sale in slot["sales"]}
        for card in (await self.get("/trade/listings", sort="newest", limit=100))["items"]:
            if not _fits(card, kind, people) or card["sold_out"] or card["product_id"] in in_sales:
                continue
            if one_variant and card["sku_name"]:
                continue
            offer = await self.get(f"/trade/products/{card['product_id']}/offer")
            if any(zone["most_fen"] or zone["rises"] for zone in offer["freight"]["zones"]):
                continue
            if offer["campaign"] and any(offer["campaign"][term] for term in _SPECIAL_TERMS):
                continue
            if skip == 0:
                return {**card, "offer": offer}
            skip -= 1
        raise AssertionError(f"the demo shop has no product with kind={kind} people={people}")

    def stop(self) -> None:
        """Ends the copy as Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _fits(card: dict[str, Any], kind: str | None, people: int) -> bool:
    campaign = card["campaign"]
    if campaign is None or kind is None:
        return campaign is None and kind is None
    return bool(campaign["kind"] == kind and campaign["tiers"][0]["people"] == people)


def clock_file(data: Path) -> Path:
    """Seconds that the clock is ahead."""
    return data / "clock-offset"


def start_shop(data: Path, *, topology: str = "single") -> RunningShop:
    """Starts a copy in `data` and waits until it says so; blocks."""
    data.mkdir(parents=True, exist_ok=True)
    data.parent.chmod(0o755)  # PostgreSQL's own user must get in
    clock_file(data).write_text("0")
    port = free_port()
    told = {
        "PORT": str(port),
        "DATA": str(data),
        "TOPOLOGY": topology,
        "CHENGTUAN_CLOCK_FILE": str(clock_file(data)),
        # one address signs in more people here than a household would
        "CHENGTUAN_SMS_CODES_PER_ADDRESS": "200",
    }
    log = data / "up.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "chengtuan.apps.up"],
            cwd=ROOT,
            env={**os.environ, **told},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    _wait_until_ready(process, log)
    api = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=30)
    desk = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port + 1}", timeout=30)
    return RunningShop(port, data, process, api, desk)


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + START_TIMEOUT_S
    while _READY not in log.read_text(errors="replace"):
        if process.poll() is not None or time.monotonic() > give_up:
            process.kill()
            raise AssertionError(f"the shop did not start; {log} says:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.3)
