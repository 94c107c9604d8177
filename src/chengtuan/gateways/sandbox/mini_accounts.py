"""The mini-program platform's memory: codes, tokens, consents, messages and shipping reports."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

from .credentials import Credentials
from .sandbox_time import SandboxTime
from .store import Row, Store
from .trades import Trades

_CODE_LIFE_S = 300
_TOKEN_LIFE_S = 7200
_OVERLAP_S = 300
_MOST_CONSENTS = 100


class MiniRefusal(Exception):
    """Answered with HTTP 200 and this errcode, as the partner does."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(errmsg)
        self.errcode = errcode
        self.errmsg = errmsg


class MiniAccounts:
    def __init__(self, store: Store, time: SandboxTime, own: Credentials, trades: Trades) -> None:
        self._store = store
        self._time = time
        self._own = own
        self._trades = trades

    def openid(self, nickname: str) -> str:
        """The same person has the same openid for ever."""
        return "o" + hashlib.sha256(f"{self._own.appid}:{nickname}".encode()).hexdigest()[:27]

    def issue_code(self, kind: str, value: str) -> str:
        """A code that the client hands to the product: for a login (`value` is a nickname) or a phone."""
        code = secrets.token_hex(16)
        self._store.run(
            "INSERT INTO code (code, kind, value, expires_at) VALUES (?, ?, ?, ?)",
            *(code, kind, value, self._time.now() + _CODE_LIFE_S),
        )
        return code

    def redeem_code(self, kind: str, code: str) -> str:
        """A code works once and for five minutes."""
        row = self._store.one("SELECT * FROM code WHERE code = ? AND kind = ?", code, kind)
        if row is None or row["expires_at"] < self._time.now():
            raise MiniRefusal(40029, "invalid code")
        if row["used"]:
            raise MiniRefusal(40163 if kind == "login" else 40029, "code been used")
        self._store.run("UPDATE code SET used = 1 WHERE code = ?", code)
        return str(row["value"])

    def check_secret(self, appid: object, secret: object) -> None:
        if appid != self._own.appid:
            raise MiniRefusal(40013, "invalid appid")
        if not secrets.compare_digest(str(secret), self._own.secret):
            raise MiniRefusal(40125, "invalid appsecret")

    def token(self, *, fresh: bool) -> tuple[str, int]:
        """The stable token and how many seconds it still lives; all callers get the same one.

        In its last five minutes a new one is given out and the old one lives on; `fresh` ends the old one.
        """
        now = self._time.now()
        row = self._store.one("SELECT * FROM access_token ORDER BY expires_at DESC LIMIT 1")
        if row is not None and not fresh and row["expires_at"] >= now + _OVERLAP_S:
            return str(row["token"]), int(row["expires_at"] - now)
        token = secrets.token_urlsafe(80)
        with self._store.transaction():
            self._store.run("DELETE FROM access_token WHERE ? OR expires_at <= ?", int(fresh), now)
            self._store.run("INSERT INTO access_token VALUES (?, ?)", token, now + _TOKEN_LIFE_S)
        return token, _TOKEN_LIFE_S

    def check_token(self, token: str) -> None:
        row = self._store.one("SELECT expires_at FROM access_token WHERE token = ?", token)
        if row is None:
            raise MiniRefusal(40001, "invalid credential, access_token is invalid or not latest")
        if row["expires_at"] <= self._time.now():
            raise MiniRefusal(42001, "access_token expired")

    def allow(self, openid: str, template_ids: list[str]) -> None:
        """The person agreed to one message of each template."""
        for template_id in template_ids:
            self._store.run(
                "INSERT INTO consent VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET remaining = min(remaining + 1, ?)",
                *(openid, template_id, _MOST_CONSENTS),
            )

    def send(self, body: Mapping[str, Any]) -> None:
        """Keep a subscribe message, against one consent."""
        openid, template_id, data = body.get("touser"), body.get("template_id"), body.get("data")
        if not isinstance(openid, str) or len(openid) != 28:
            raise MiniRefusal(40003, "invalid openid")
        if not isinstance(template_id, str) or not template_id:
            raise MiniRefusal(40037, "invalid template_id")
        if not isinstance(data, dict) or not all(_is_value(value) for value in data.values()):
            raise MiniRefusal(47003, "argument invalid")
        with self._store.transaction():
            used = self._store.run(
                "UPDATE consent SET remaining = remaining - 1 WHERE openid = ? AND template_id = ? AND remaining > 0",
                *(openid, template_id),
            )
            if not used:
                raise MiniRefusal(43101, "user refuse to accept the msg")
            self._store.run(
                "INSERT INTO subscribe_message (openid, template_id, page, data, sent_at) VALUES (?, ?, ?, ?, ?)",
                *(openid, template_id, body.get("page"), json.dumps(data, ensure_ascii=False)),
                self._time.now(),
            )

    def upload_shipping(self, body: Mapping[str, Any]) -> None:
        """Keep a shipping report, which replaces the one before, each later than that.

        Once everything is sent, one more is taken; so is a change of the delivery mode.
        """
        trade = self._paid(str((body.get("order_key") or {}).get("transaction_id")))
        if (body.get("payer") or {}).get("openid") != trade["payer_openid"]:
            raise MiniRefusal(10060005, "the payer is another")
        mode, finished = _delivery(body)
        upload_time = str(body.get("upload_time"))
        earlier = self._store.one("SELECT * FROM shipping_info WHERE transaction_id = ?", trade["transaction_id"])
        again = earlier is not None and bool(earlier["finished"] or earlier["delivery_mode"] != mode)
        if earlier is not None and again and earlier["reshipped"]:
            raise MiniRefusal(10060003, "the re-shipping chance is used up")
        if earlier is not None and upload_time <= earlier["upload_time"]:
            raise MiniRefusal(10060012, "upload_time must be later than before")
        self._store.run(
            "INSERT INTO shipping_info VALUES (?, ?, ?, ?, ?, 1, 0) ON CONFLICT DO UPDATE SET"
            " content = excluded.content, upload_time = excluded.upload_time, delivery_mode = excluded.delivery_mode,"
            " finished = excluded.finished, uploads = uploads + 1, reshipped = reshipped + ?",
            *(trade["transaction_id"], json.dumps(dict(body), ensure_ascii=False), upload_time, mode),
            *(int(finished), int(again)),
        )

    def _paid(self, transaction_id: str) -> Row:
        trade = self._store.one("SELECT * FROM trade WHERE transaction_id = ?", transaction_id)
        if trade is None:
            raise MiniRefusal(10060001, "there is no such payment")
        return trade


def _is_value(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("value"), str) and value["value"] != ""


def _delivery(body: Mapping[str, Any]) -> tuple[int, bool]:
    """How the goods are sent (1 in one parcel, 2 in several), and whether all of them are."""
    mode, parcels = body.get("delivery_mode"), body.get("shipping_list") or []
    if mode not in (1, 2):
        raise MiniRefusal(268485224, "delivery_mode is wrong")
    if not 1 <= len(parcels) <= 15:
        raise MiniRefusal(10060024, "1 to 15 parcels")
    if mode == 1 and len(parcels) != 1:
        raise MiniRefusal(268485228, "the unified mode has one parcel")
    if mode == 2 and body.get("logistics_type") != 1:
        raise MiniRefusal(10060006, "only what goes by express is split")
    if mode == 2 and not isinstance(body.get("is_all_delivered"), bool):
        raise MiniRefusal(10060007, "the split mode needs is_all_delivered")
    for parcel in parcels:
        if not parcel.get("tracking_no") or not parcel.get("express_company"):
            raise MiniRefusal(268485226, "an express parcel has a number and a carrier")
        if not 1 <= len(str(parcel.get("item_desc") or "")) <= 120:
            raise MiniRefusal(10060009, "item_desc has 1 to 120 characters")
    return mode, mode == 1 or body["is_all_delivered"] is True
