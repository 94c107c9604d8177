"""Payments: announced, paid, closed. Every change is one transaction together with its notice."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from chengtuan.gateways.wechat import parsing

from .credentials import Credentials
from .faults import FaultKind, Faults
from .notices import Notices
from .refusals import Refusal, bad_parameter, invalid_request
from .sandbox_time import SandboxTime, from_wire, wire_time
from .store import Row, Store


class PayResult(StrEnum):
    PAID = "paid"
    REFUSED = "refused"
    PENDING = "pending"
    CLOSED = "closed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTrade:
    out_trade_no: str
    trade_type: str
    appid: str
    description: str
    attach: str | None
    amount_fen: int
    payer_openid: str | None
    notify_url: str
    time_expire: float | None


def result_of(trade: Row) -> PayResult:
    """What a payer sees of an order that is no longer waiting for payment."""
    settled = {"CLOSED": PayResult.CLOSED, "USERPAYING": PayResult.PENDING}
    return settled.get(trade["state"], PayResult.PAID)


def read_order(body: Mapping[str, Any], trade_type: str, own: Credentials) -> NewTrade:
    """Read an order as strictly as the partner does; Refusal."""
    try:
        amount = parsing.section(body, "amount")
        order = NewTrade(
            out_trade_no=parsing.text(body, "out_trade_no"),
            trade_type=trade_type,
            appid=parsing.text(body, "appid"),
            description=parsing.text(body, "description"),
            attach=parsing.optional_text(body, "attach"),
            amount_fen=parsing.fen(amount, "total"),
            payer_openid=_payer(body) if trade_type == "JSAPI" else None,
            notify_url=parsing.text(body, "notify_url"),
            time_expire=from_wire(body["time_expire"]) if body.get("time_expire") else None,
        )
        if trade_type == "MWEB":
            scene = parsing.section(body, "scene_info")
            parsing.text(scene, "payer_client_ip")
            parsing.text(parsing.section(scene, "h5_info"), "type")
    except (ValueError, TypeError) as error:
        raise bad_parameter(str(error)) from error
    if not 6 <= len(order.out_trade_no) <= 32:
        raise bad_parameter("out_trade_no has 6 to 32 characters")
    if order.amount_fen < 1 or amount.get("currency", "CNY") != "CNY":
        raise bad_parameter("the amount is at least 1 fen, in CNY")
    if body.get("mchid") != own.mchid or order.appid not in (own.appid, own.h5_appid):
        raise Refusal(400, "APPID_MCHID_NOT_MATCH", "the appid does not belong to the mchid")
    return order


def _payer(body: Mapping[str, Any]) -> str:
    return parsing.text(parsing.section(body, "payer"), "openid")


class Trades:
    def __init__(self, store: Store, faults: Faults, notices: Notices, time: SandboxTime, own: Credentials) -> None:
        self._store = store
        self._faults = faults
        self._notices = notices
        self._time = time
        self._own = own

    def announce(self, order: NewTrade) -> str:
        """Keep an order and give its prepay_id; the same order again gives the same one."""
        known = self.find(order.out_trade_no)
        if known is not None:
            return self._again(known, order)
        if order.time_expire is not None and order.time_expire <= self._time.now():
            raise bad_parameter("time_expire is over")
        prepay_id = "wx" + secrets.token_hex(17)
        self._store.run(
            "INSERT INTO trade (out_trade_no, prepay_id, trade_type, appid, description, attach, amount_fen,"
            " payer_openid, notify_url, time_expire, state, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'NOTPAY', ?)",
            *(order.out_trade_no, prepay_id, order.trade_type, order.appid, order.description, order.attach),
            *(order.amount_fen, order.payer_openid, order.notify_url, order.time_expire, self._time.now()),
        )
        return prepay_id

    @staticmethod
    def _again(known: Row, order: NewTrade) -> str:
        if known["state"] in ("SUCCESS", "REFUND"):
            raise Refusal(400, "ORDERPAID", "the order is paid")
        if known["state"] == "CLOSED":
            raise Refusal(400, "ORDER_CLOSED", "the order is closed")
        names = ("trade_type", "appid", "amount_fen", "payer_openid", "description")
        if any(known[name] != getattr(order, name) for name in names):
            raise invalid_request("the order was announced before with other values")
        return str(known["prepay_id"])

    def find(self, out_trade_no: str) -> Row | None:
        return self._store.one("SELECT * FROM trade WHERE out_trade_no = ?", out_trade_no)

    def find_prepaid(self, prepay_id: str) -> Row | None:
        return self._store.one("SELECT * FROM trade WHERE prepay_id = ?", prepay_id)

    def get(self, out_trade_no: str) -> Row:
        found = self.find(out_trade_no)
        if found is None:
            raise Refusal(404, "ORDER_NOT_EXIST", "there is no such order")
        return found

    def get_by_transaction(self, transaction_id: str) -> Row:
        found = self._store.one("SELECT * FROM trade WHERE transaction_id = ?", transaction_id)
        if found is None:
            raise Refusal(404, "ORDER_NOT_EXIST", "there is no such order")
        return found

    def close(self, out_trade_no: str) -> None:
        trade = self.get(out_trade_no)
        if trade["state"] in ("SUCCESS", "REFUND"):
            raise Refusal(400, "ORDERPAID", "the order is paid")
        if trade["state"] == "USERPAYING":
            raise Refusal(202, "USERPAYING", "the user is paying")
        self._store.run("UPDATE trade SET state = 'CLOSED' WHERE out_trade_no = ?", out_trade_no)

    def pay(self, trade: Row) -> PayResult:
        """The user presses "pay". Paying a paid order again changes nothing."""
        if trade["state"] != "NOTPAY":
            return result_of(trade)
        if trade["time_expire"] is not None and trade["time_expire"] <= self._time.now():
            return PayResult.EXPIRED
        if self._faults.take(FaultKind.PAY_REFUSED):
            return PayResult.REFUSED
        if late := self._faults.take(FaultKind.PAY_LATE):
            self._store.run(
                "UPDATE trade SET state = 'USERPAYING', pay_at = ? WHERE out_trade_no = ?",
                *(self._time.now() + late.seconds, trade["out_trade_no"]),
            )
            return PayResult.PENDING
        self._complete(trade)
        return PayResult.PAID

    def complete_due(self) -> None:
        """Let the late payments arrive whose time has come, expired or not: the user had begun in time."""
        for trade in self._store.all("SELECT * FROM trade WHERE pay_at <= ?", self._time.now()):
            self._complete(trade)

    def any_late(self) -> bool:
        return self._store.one("SELECT 1 AS yes FROM trade WHERE pay_at IS NOT NULL LIMIT 1") is not None

    def _complete(self, trade: Row) -> None:
        now = self._time.now()
        transaction_id = "4200" + f"{secrets.randbelow(10**24):024}"
        openid = trade["payer_openid"] or _browser_openid(trade)
        with self._store.transaction():
            changed = self._store.run(
                "UPDATE trade SET state = 'SUCCESS', transaction_id = ?, success_time = ?, payer_openid = ?,"
                " pay_at = NULL WHERE out_trade_no = ? AND state IN ('NOTPAY', 'USERPAYING')",
                *(transaction_id, now, openid, trade["out_trade_no"]),
            )
            if changed:
                content = self.wire(self.get(trade["out_trade_no"]))
                self._notices.add("TRANSACTION.SUCCESS", trade["notify_url"], content)

    def wire(self, trade: Row) -> dict[str, Any]:
        """The order as the partner tells it, in answers and in notices."""
        told: dict[str, Any] = {
            "appid": trade["appid"],
            "mchid": self._own.mchid,
            "out_trade_no": trade["out_trade_no"],
            "trade_state": trade["state"],
            "trade_state_desc": trade["state"],
        }
        if trade["attach"]:
            told["attach"] = trade["attach"]
        if trade["transaction_id"]:
            told |= {
                "transaction_id": trade["transaction_id"],
                "trade_type": trade["trade_type"],
                "bank_type": "OTHERS",
                "success_time": wire_time(trade["success_time"]),
                "payer": {"openid": trade["payer_openid"]},
                "amount": {
                    "total": trade["amount_fen"],
                    "payer_total": trade["amount_fen"],
                    "currency": "CNY",
                    "payer_currency": "CNY",
                },
            }
        return told


def _browser_openid(trade: Row) -> str:
    """Somebody's WeChat paid from a browser; who it was stays the same for an order."""
    return "o" + hashlib.sha256(f"{trade['appid']}:{trade['out_trade_no']}".encode()).hexdigest()[:27]
