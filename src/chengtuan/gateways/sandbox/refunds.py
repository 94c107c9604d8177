"""Refunds: accepted at once, done later; the same number is the same refund for ever."""

import secrets
from collections.abc import Mapping
from typing import Any

from chengtuan.gateways.wechat import parsing

from .credentials import Credentials
from .faults import FaultKind, Faults
from .notices import Notices
from .refusals import Refusal, bad_parameter, invalid_request
from .sandbox_time import SandboxTime, wire_time
from .settings import SandboxSettings
from .store import Row, Store
from .trades import Trades

_MOST_PER_ORDER = 50
_LONGEST_S = 365 * 24 * 3600
_WITH_ORDER = (
    "SELECT refund.*, trade.transaction_id, trade.amount_fen AS total_fen, trade.payer_openid"
    " FROM refund JOIN trade USING (out_trade_no)"
)


class Refunds:
    def __init__(
        self,
        *,
        store: Store,
        faults: Faults,
        notices: Notices,
        time: SandboxTime,
        own: Credentials,
        settings: SandboxSettings,
        trades: Trades,
    ) -> None:
        self._store = store
        self._faults = faults
        self._notices = notices
        self._time = time
        self._own = own
        self._settings = settings
        self._trades = trades

    def accept(self, body: Mapping[str, Any]) -> tuple[Row, str | None]:
        """Take a refund; also the id of a notice that shall overtake the answer, if a fault wants one."""
        number, amount_fen, total_fen = self._read(body)
        trade = self._trade(body)
        known = self.find(number)
        if known is not None:
            if known["out_trade_no"] != trade["out_trade_no"] or known["amount_fen"] != amount_fen:
                raise invalid_request("the refund was requested before with other values")
            return known, None
        self._check(trade, amount_fen, total_fen)
        self._insert(number, trade, amount_fen, body)
        if self._faults.take(FaultKind.REFUND_NOTICE_FIRST):
            answer = self.get(number)
            return answer, self._settle(answer)
        return self.get(number), None

    def find(self, out_refund_no: str) -> Row | None:
        return self._store.one(f"{_WITH_ORDER} WHERE out_refund_no = ?", out_refund_no)

    def get(self, out_refund_no: str) -> Row:
        found = self.find(out_refund_no)
        if found is None:
            raise Refusal(404, "RESOURCE_NOT_EXISTS", "there is no such refund")
        return found

    def settle_due(self) -> None:
        for refund in self._store.all(f"{_WITH_ORDER} WHERE settle_at <= ?", self._time.now()):
            self._settle(refund)

    def any_processing(self) -> bool:
        return self._store.one("SELECT 1 AS yes FROM refund WHERE settle_at IS NOT NULL LIMIT 1") is not None

    def repair(self, out_refund_no: str) -> None:
        """What an operator does at the partner's site for an abnormal refund: it succeeds after all."""
        if self.get(out_refund_no)["status"] != "ABNORMAL":
            raise invalid_request("the refund is not abnormal")
        self._store.run(
            "UPDATE refund SET outcome = 'SUCCESS', settle_at = ? WHERE out_refund_no = ?",
            *(self._time.now(), out_refund_no),
        )

    @staticmethod
    def _read(body: Mapping[str, Any]) -> tuple[str, int, int]:
        try:
            amount = parsing.section(body, "amount")
            number = parsing.text(body, "out_refund_no")
            wanted = number, parsing.fen(amount, "refund"), parsing.fen(amount, "total")
        except ValueError as error:
            raise bad_parameter(str(error)) from error
        if amount.get("currency") != "CNY" or len(number) > 64:
            raise bad_parameter("the currency is CNY and out_refund_no has at most 64 characters")
        return wanted

    def _trade(self, body: Mapping[str, Any]) -> Row:
        try:
            if body.get("transaction_id"):
                return self._trades.get_by_transaction(parsing.text(body, "transaction_id"))
            return self._trades.get(parsing.text(body, "out_trade_no"))
        except ValueError as error:
            raise bad_parameter(str(error)) from error
        except Refusal as refusal:
            raise Refusal(404, "RESOURCE_NOT_EXISTS", refusal.message) from refusal

    def _check(self, trade: Row, amount_fen: int, total_fen: int) -> None:
        now = self._time.now()
        if trade["state"] not in ("SUCCESS", "REFUND"):
            raise invalid_request("the order is not paid")
        if total_fen != trade["amount_fen"]:
            raise invalid_request("the total is not the order's")
        if amount_fen < 1 or trade["refunded_fen"] + amount_fen > trade["amount_fen"]:
            raise invalid_request("the refunds exceed the payment")
        if now - trade["success_time"] > _LONGEST_S:
            raise invalid_request("the payment is older than a year")
        earlier = self._store.one(
            "SELECT count(*) AS number, max(created_at) AS last FROM refund WHERE out_trade_no = ?",
            trade["out_trade_no"],
        )
        if not earlier or not earlier["number"]:
            return
        if earlier["number"] >= _MOST_PER_ORDER:
            raise invalid_request("an order has at most 50 refunds")
        if now - earlier["last"] < self._settings.partial_refund_interval_s:
            raise Refusal(429, "FREQUENCY_LIMITED", "refunds of one order are a minute apart")

    def _insert(self, number: str, trade: Row, amount_fen: int, body: Mapping[str, Any]) -> None:
        outcome = self._outcome()
        delayed = self._faults.take(FaultKind.REFUND_DELAYED)
        delay_s = delayed.seconds if delayed else self._settings.refund_delay_s
        now = self._time.now()
        with self._store.transaction():
            self._store.run(
                "INSERT INTO refund (out_refund_no, refund_id, out_trade_no, amount_fen, reason, notify_url,"
                " status, outcome, created_at, settle_at) VALUES (?, ?, ?, ?, ?, ?, 'PROCESSING', ?, ?, ?)",
                *(number, "5030" + f"{secrets.randbelow(10**24):024}", trade["out_trade_no"], amount_fen),
                *(str(body.get("reason") or ""), body.get("notify_url"), outcome, now, now + delay_s),
            )
            self._store.run(
                "UPDATE trade SET state = 'REFUND', refunded_fen = refunded_fen + ? WHERE out_trade_no = ?",
                *(amount_fen, trade["out_trade_no"]),
            )

    def _outcome(self) -> str:
        if self._faults.take(FaultKind.REFUND_ABNORMAL):
            return "ABNORMAL"
        return "CLOSED" if self._faults.take(FaultKind.REFUND_CLOSED) else "SUCCESS"

    def _settle(self, refund: Row) -> str | None:
        """Reach the outcome; the id of the notice, if the merchant wants one."""
        outcome, number = refund["outcome"], refund["out_refund_no"]
        now = self._time.now() if outcome == "SUCCESS" else None
        with self._store.transaction():
            self._store.run(
                "UPDATE refund SET status = outcome, settle_at = NULL, success_time = ? WHERE out_refund_no = ?",
                *(now, number),
            )
            if outcome == "CLOSED":
                # The money stays with the merchant, so another refund may still give it back.
                self._store.run(
                    "UPDATE trade SET refunded_fen = refunded_fen - ? WHERE out_trade_no = ?",
                    *(refund["amount_fen"], refund["out_trade_no"]),
                )
            if not refund["notify_url"]:
                return None
            content = self._notice(self.get(number))
            return self._notices.add(f"REFUND.{outcome}", refund["notify_url"], content)

    def wire(self, refund: Row) -> dict[str, Any]:
        """The refund as answers tell it."""
        told = self._parts(refund) | {
            "channel": "ORIGINAL",
            "create_time": wire_time(refund["created_at"]),
            "status": refund["status"],
            "funds_account": "AVAILABLE",
        }
        told["amount"] |= {"currency": "CNY", "settlement_refund": refund["amount_fen"]}
        return told

    def _notice(self, refund: Row) -> dict[str, Any]:
        """The refund as notices tell it: the state has another name, and the merchant is named."""
        return self._parts(refund) | {"mchid": self._own.mchid, "refund_status": refund["status"]}

    @staticmethod
    def _parts(refund: Row) -> dict[str, Any]:
        told: dict[str, Any] = {
            "refund_id": refund["refund_id"],
            "out_refund_no": refund["out_refund_no"],
            "transaction_id": refund["transaction_id"],
            "out_trade_no": refund["out_trade_no"],
            "user_received_account": "支付用户零钱",
            "amount": {
                "total": refund["total_fen"],
                "refund": refund["amount_fen"],
                "payer_total": refund["total_fen"],
                "payer_refund": refund["amount_fen"],
            },
        }
        if refund["success_time"] is not None:
            told["success_time"] = wire_time(refund["success_time"])
        return told
