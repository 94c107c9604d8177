"""Brings notices to the merchant, signed and encrypted, and lets timers of payments and refunds ring."""

import asyncio
import contextlib
import json
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from chengtuan.gateways.wechat.signatures import seal

from .credentials import Credentials
from .faults import FaultKind
from .notices import Notices
from .platform_identity import PlatformIdentity
from .sandbox_time import SandboxTime, wire_time
from .store import Row

_AT_ONCE = 32
_PATIENCE_S = 5.0
_OLD_S = 3600
_SUMMARIES = {
    "TRANSACTION.SUCCESS": "支付成功",
    "REFUND.SUCCESS": "退款成功",
    "REFUND.ABNORMAL": "退款异常",
    "REFUND.CLOSED": "退款关闭",
}


class Courier:
    """One background task; it sleeps while nothing is outstanding."""

    def __init__(
        self,
        notices: Notices,
        platform: PlatformIdentity,
        credentials: Credentials,
        time: SandboxTime,
        http: httpx.AsyncClient,
    ) -> None:
        self._notices = notices
        self._platform = platform
        self._credentials = credentials
        self._time = time
        self._http = http
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._in_flight: dict[str, asyncio.Task[None]] = {}

    async def deliver_due(self) -> int:
        """Deliver all that is due now and wait for the answers; how many attempts were made."""
        count = 0
        while due := self._notices.due():
            tasks = [self._start(notice) for notice in due]
            count += len(tasks)
            await asyncio.gather(*tasks)
        return count

    def start_fresh(self) -> None:
        """Begin to deliver what was written just now."""
        for notice_id in self._notices.take_fresh():
            notice = self._notices.find(notice_id)
            # None if the change that it tells of was rolled back.
            if notice is not None and notice["status"] == "pending":
                self._start(notice)

    def start_due(self) -> None:
        """Begin to deliver what is due without waiting for the answers."""
        for notice in self._notices.due():
            self._start(notice)

    async def deliver(self, notice_id: str) -> None:
        """Deliver one notice now, whatever its time; used when a notice must overtake an answer."""
        notice = self._notices.find(notice_id)
        if notice is not None and notice["status"] == "pending":
            await self._start(notice)

    async def close(self) -> None:
        for task in list(self._in_flight.values()):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def _start(self, notice: Row) -> asyncio.Task[None]:
        running = self._in_flight.get(notice["id"])
        if running is not None:
            return running
        task = asyncio.create_task(self._attempt(notice))
        self._in_flight[notice["id"]] = task
        task.add_done_callback(lambda _: self._in_flight.pop(notice["id"], None))
        return task

    async def _attempt(self, notice: Row) -> None:
        async with self._slots:
            if notice["quirk"] == FaultKind.CALLBACK_PROBE:
                await self._send(notice)
                notice = notice | {"quirk": None}
            answer, accepted = await self._send(notice)
        self._notices.record(notice, answer=answer, accepted=accepted)

    async def _send(self, notice: Row) -> tuple[str, bool]:
        body = self._envelope(notice)
        headers = self._headers(body, notice["quirk"])
        try:
            response = await self._http.post(notice["notify_url"], content=body, headers=headers, timeout=_PATIENCE_S)
        except httpx.HTTPError as error:
            return type(error).__name__, False
        except httpx.InvalidURL:
            return "InvalidURL", False
        return str(response.status_code), response.status_code in (200, 204)

    def _headers(self, body: bytes, quirk: str | None) -> dict[str, str]:
        if quirk == FaultKind.CALLBACK_PROBE:
            return {
                **self._platform.headers(body, timestamp=self._time.stamp(), asked_serial=None),
                "Content-Type": "application/json",
                "Wechatpay-Signature": "WECHATPAY/SIGNTEST/" + secrets.token_urlsafe(160),
            }
        age_s = _OLD_S if quirk == FaultKind.CALLBACK_OLD_TIMESTAMP else 0
        signed = body + b" " if quirk == FaultKind.CALLBACK_BAD_SIGNATURE else body
        headers = self._platform.headers(signed, timestamp=self._time.stamp() - age_s, asked_serial=None)
        return {**headers, "Content-Type": "application/json"}

    def _envelope(self, notice: Row) -> bytes:
        kind = "transaction" if notice["event_type"].startswith("TRANSACTION") else "refund"
        content = json.dumps(self._content(notice), ensure_ascii=False).encode()
        sealed = seal(self._credentials.api_v3_key, content, nonce=secrets.token_hex(6), associated_data=kind)
        envelope = {
            "id": notice["id"],
            "create_time": wire_time(notice["created_at"]),
            "resource_type": "encrypt-resource",
            "event_type": notice["event_type"],
            "summary": _SUMMARIES.get(notice["event_type"], ""),
            "resource": {
                "original_type": kind,
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": sealed.ciphertext,
                "associated_data": sealed.associated_data,
                "nonce": sealed.nonce,
            },
        }
        return json.dumps(envelope, ensure_ascii=False).encode()

    @staticmethod
    def _content(notice: Row) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(notice["content"])
        if notice["quirk"] == FaultKind.CALLBACK_WRONG_MCHID:
            content["mchid"] = "1999999999"
        if notice["quirk"] == FaultKind.CALLBACK_WRONG_AMOUNT:
            name = "total" if notice["event_type"].startswith("TRANSACTION") else "refund"
            content["amount"][name] += 1
        return content


class Watch:
    """Wakes up for what becomes due; with a moved clock that can be any moment, so it looks often."""

    def __init__(
        self,
        tick: Callable[[], Awaitable[None]],
        outstanding: Callable[[], bool],
        poll_s: float,
    ) -> None:
        self._tick = tick
        self._outstanding = outstanding
        self._poll_s = poll_s
        self._bell = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._polling = False

    def wake(self) -> None:
        """Something may become due. Also starts the task: without a server nobody else would.

        While it polls anyway it is not disturbed, or a rush of payments would search at each of them.
        """
        if not self._polling:
            self._bell.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _run(self) -> None:
        while True:
            self._bell.clear()
            await self._tick()
            self._polling = self._outstanding()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._poll_s if self._polling else None):
                    await self._bell.wait()
