"""WeChat Pay v3 for a direct merchant: the calls this product needs, and no others."""

import asyncio
import gzip
import hashlib
import io
import secrets
import zlib
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import httpx

from chengtuan.kernel.clock import SHANGHAI, Clock
from chengtuan.kernel.text import cut

from . import parsing
from .bills import TradeBill, read_trade_bill
from .callbacks import open_notice
from .config import WeChatPayConfig
from .contracts import (
    JsapiInvocation,
    OrderRequest,
    RefundNotice,
    RefundState,
    Transaction,
    TransactionNotice,
)
from .errors import BillDamaged, OrderClosed, UntrustedAnswer
from .transport import Answer, SignedTransport

T = TypeVar("T")
_LARGEST_BILL = 256 * 1024 * 1024
"""Bytes, unpacked: some six hundred thousand rows."""


class WeChatPay:
    """The client. Repeating a call with the same number is always safe.

    Every method may raise ProviderUnavailable (outcome unknown) and ProviderRefused (definite no).
    """

    def __init__(self, config: WeChatPayConfig, http: httpx.AsyncClient, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._transport = SignedTransport(config, http, clock)

    async def warm_up(self) -> None:
        """Download the platform certificates now, so that the first answer need not wait for them."""
        await self._transport.keys.warm_up()

    async def jsapi_order(self, order: OrderRequest) -> str:
        """Announce an order that a WeChat user will pay inside WeChat; the prepay_id, good for two hours."""
        if not order.openid:
            raise ValueError("a JSAPI order names its payer")
        body = self._order(order, self._config.appid) | {"payer": {"openid": order.openid}}
        answer = await self._transport.call("POST", "/v3/pay/transactions/jsapi", body)
        return _typed(answer, lambda source: parsing.text(source, "prepay_id"))

    async def h5_order(self, order: OrderRequest) -> str:
        """Announce an order that will be paid from a browser; the cashier's URL, good for five minutes."""
        if not order.client_ip:
            raise ValueError("an H5 order names its payer's address")
        scene = {"payer_client_ip": order.client_ip, "h5_info": {"type": "Wap"}}
        body = self._order(order, self._config.appid_for_h5) | {"scene_info": scene}
        answer = await self._transport.call("POST", "/v3/pay/transactions/h5", body)
        return _typed(answer, lambda source: parsing.text(source, "h5_url"))

    @staticmethod
    def h5_cashier_url(h5_url: str, return_url: str) -> str:
        """The cashier's URL that leads back to `return_url` afterwards, whatever happened there."""
        joint = "&" if "?" in h5_url else "?"
        return f"{h5_url}{joint}{urlencode({'redirect_url': return_url})}"

    def jsapi_invocation(self, prepay_id: str) -> JsapiInvocation:
        """The signed arguments with which the client opens the payment dialogue."""
        timestamp = str(int(self._clock.now().timestamp()))
        nonce = secrets.token_hex(16)
        package = f"prepay_id={prepay_id}"
        return JsapiInvocation(
            app_id=self._config.appid,
            time_stamp=timestamp,
            nonce_str=nonce,
            package=package,
            pay_sign=self._transport.sign_lines(self._config.appid, timestamp, nonce, package),
        )

    async def query_by_out_trade_no(self, out_trade_no: str) -> Transaction:
        """The order as the provider sees it now; NotFound if it never reached it."""
        path = f"{_trade_path(out_trade_no)}?mchid={self._config.mchid}"
        answer = await self._transport.call("GET", path)
        found = _typed(answer, parsing.transaction)
        self._check_ours(found, out_trade_no)
        return found

    async def close(self, out_trade_no: str) -> None:
        """Make sure that the order can no longer be paid. Closing twice is fine.

        AlreadyPaid: query it and accept the money. PaymentInProgress: query again in some seconds.
        """
        try:
            await self._transport.call("POST", f"{_trade_path(out_trade_no)}/close", {"mchid": self._config.mchid})
        except OrderClosed:
            return

    async def refund(
        self, *, out_trade_no: str, out_refund_no: str, amount_fen: int, total_fen: int, reason: str
    ) -> RefundState:
        """Pay back a part or all of a paid order. Accepted is not done: wait for the notice or query."""
        body = {
            "out_trade_no": out_trade_no,
            "out_refund_no": out_refund_no,
            "reason": _shortened(reason, 80),
            "notify_url": self._config.refund_notify_url,
            "amount": {"refund": amount_fen, "total": total_fen, "currency": "CNY"},
        }
        answer = await self._transport.call("POST", "/v3/refund/domestic/refunds", body)
        return self._refund_state(answer, out_refund_no)

    async def query_refund(self, out_refund_no: str) -> RefundState:
        """The refund as the provider sees it now; NotFound if it never reached it."""
        path = f"/v3/refund/domestic/refunds/{quote(out_refund_no, safe='')}"
        return self._refund_state(await self._transport.call("GET", path), out_refund_no)

    async def trade_bill(self, day: date) -> TradeBill:
        """All payments that succeeded and refunds that were accepted on a day in China.

        There from about ten o'clock of the next day, for three months. Raises BillNotReady, NoBill, BillDamaged.
        """
        path = f"/v3/bill/tradebill?bill_date={day.isoformat()}&bill_type=ALL&tar_type=GZIP"
        answer = await self._transport.call("GET", path)
        hash_type, expected, link = _typed(
            answer,
            lambda source: tuple(parsing.text(source, name) for name in ("hash_type", "hash_value", "download_url")),
        )
        # Only path and query: our signature is for this provider, whatever host the link names.
        parts = urlsplit(link)
        packed = await self._transport.download(f"{parts.path}?{parts.query}")
        if hash_type != "SHA1":
            raise BillDamaged(f"the bill was announced with an unknown hash ({hash_type})")
        return await asyncio.to_thread(_read_bill, packed, expected)  # seconds, for a hundred thousand rows

    async def verify_and_decrypt_callback(
        self, headers: Mapping[str, str], body: bytes
    ) -> TransactionNotice | RefundNotice:
        """Read a notice from the raw bytes of the request; CallbackRejected if it is not proven.

        ProviderUnavailable means that the platform's certificates could not be had: answer 5xx, it repeats.
        """
        return await open_notice(headers, body, config=self._config, keys=self._transport.keys, clock=self._clock)

    def _order(self, order: OrderRequest, appid: str) -> dict[str, Any]:
        body = {
            "appid": appid,
            "mchid": self._config.mchid,
            "description": _shortened(order.description, 127),
            "out_trade_no": order.out_trade_no,
            "time_expire": order.time_expire.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            "notify_url": self._config.transaction_notify_url,
            "amount": {"total": order.amount_fen, "currency": "CNY"},
        }
        return body | ({"attach": order.attach} if order.attach else {})

    def _check_ours(self, found: Transaction, out_trade_no: str) -> None:
        """A signed answer about another order must not settle this one."""
        if found.out_trade_no != out_trade_no or found.mchid != self._config.mchid:
            raise UntrustedAnswer("the answer is about another order")

    @staticmethod
    def _refund_state(answer: Answer, out_refund_no: str) -> RefundState:
        found = _typed(answer, lambda source: parsing.refund(source, status_field="status"))
        if found.out_refund_no != out_refund_no:
            raise UntrustedAnswer("the answer is about another refund")
        return found


def _trade_path(out_trade_no: str) -> str:
    return f"/v3/pay/transactions/out-trade-no/{quote(out_trade_no, safe='')}"


def _shortened(text: str, limit_bytes: int) -> str:
    """The partner counts bytes; neither a character nor an emoji is ever cut in the middle."""
    return cut(text, len(text.encode()[:limit_bytes].decode(errors="ignore")))


def _read_bill(packed: bytes, expected_sha1: str) -> TradeBill:
    content = _unpacked(packed)
    if hashlib.sha1(content, usedforsecurity=False).hexdigest() != expected_sha1.lower():
        raise BillDamaged(f"the bill is not the one that was announced ({expected_sha1})")
    return read_trade_bill(content)


def _unpacked(content: bytes) -> bytes:
    """A transport that knows the packing may have undone it already."""
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            unpacked = packed.read(_LARGEST_BILL + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise BillDamaged(f"the bill cannot be unpacked: {error}") from error
    if len(unpacked) > _LARGEST_BILL:
        raise BillDamaged("the bill is too large")
    return unpacked


def _typed(answer: Answer, read: Callable[[Mapping[str, Any]], T]) -> T:
    try:
        return read(answer.body)
    except ValueError as error:
        raise UntrustedAnswer(f"an answer of another form: {error}") from error
