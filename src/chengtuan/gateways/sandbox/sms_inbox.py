"""The SMS vendor's memory, and the texts that it makes of templates."""

import json
import re
import secrets
from collections.abc import Mapping
from typing import Any

from .sandbox_time import SandboxTime, desk_time
from .store import Row, Store

_PHONE = re.compile(r"\+[1-9]\d{6,14}")
SMS_TEXTS = {
    "sign_in_code": {
        "zh-Hant": "【成團】您的驗證碼是 {code}，{minutes} 分鐘內有效。請勿告訴他人。",
        "zh-Hans": "【成团】您的验证码是 {code}，{minutes} 分钟内有效。请勿告诉他人。",
        "en": "[Chengtuan] Your code is {code}, valid for {minutes} minutes. Do not share it.",
    },
    "group_formed": {
        "zh-Hant": "【成團】{product}：{people} 人成團，商家正在備貨。",
        "zh-Hans": "【成团】{product}：{people} 人成团，商家正在备货。",
        "en": "[Chengtuan] {product}: your group of {people} is full. The merchant is getting it ready.",
    },
    "ladder_settled": {
        "zh-Hant": "【成團】{product}：{people} 人成團，差價 {amount} 元將原路退回。",
        "zh-Hans": "【成团】{product}：{people} 人成团，差价 {amount} 元将原路退回。",
        "en": "[Chengtuan] {product}: {people} people joined, so ¥{amount} comes back the way you paid.",
    },
    "initiator_perk": {
        "zh-Hant": "【成團】{product}：成團了，團長優惠 {amount} 元將原路退回。",
        "zh-Hans": "【成团】{product}：成团了，团长优惠 {amount} 元将原路退回。",
        "en": "[Chengtuan] {product}: your group formed, and ¥{amount} comes back to you as its host.",
    },
    "group_failed": {
        "zh-Hant": "【成團】{product}：很遺憾未能成團，{amount} 元將原路退回。",
        "zh-Hans": "【成团】{product}：很遗憾未能成团，{amount} 元将原路退回。",
        "en": "[Chengtuan] {product}: the group did not form. ¥{amount} comes back the way you paid.",
    },
    "payment_late": {
        "zh-Hant": "【成團】{product}：這筆付款沒有用上，{amount} 元將原路退回。",
        "zh-Hans": "【成团】{product}：这笔付款没有用上，{amount} 元将原路退回。",
        "en": "[Chengtuan] {product}: this payment bought nothing. ¥{amount} comes back the way you paid.",
    },
    "refund_succeeded": {
        "zh-Hant": "【成團】{product}：{amount} 元已原路退回。",
        "zh-Hans": "【成团】{product}：{amount} 元已原路退回。",
        "en": "[Chengtuan] {product}: ¥{amount} went back the way you paid.",
    },
    "order_shipped": {
        "zh-Hant": "【成團】{product} 已出貨，物流單號 {tracking_no}。",
        "zh-Hans": "【成团】{product} 已发货，快递单号 {tracking_no}。",
        "en": "[Chengtuan] {product} is on its way, tracking no. {tracking_no}.",
    },
    "number_corrected": {
        "zh-Hant": "【成團】{product}：物流單號更正為 {tracking_no}。",
        "zh-Hans": "【成团】{product}：快递单号更正为 {tracking_no}。",
        "en": "[Chengtuan] {product}: the right tracking no. is {tracking_no}.",
    },
}
_PLACE = re.compile(r"\{(\w+)\}")


class SmsRefusal(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class SmsInbox:
    def __init__(self, store: Store, time: SandboxTime) -> None:
        self._store = store
        self._time = time

    def accept(self, body: Mapping[str, Any]) -> str:
        """Take a message; the same request_id again is the same message. Returns its id."""
        names = ("request_id", "phone", "template", "language")
        values = [body.get(name) for name in names]
        params = body.get("params")
        if not all(isinstance(value, str) and value for value in values) or not isinstance(params, dict):
            raise SmsRefusal(400, "bad_request", "a field is missing")
        request_id, phone, template, language = (str(value) for value in values)
        if not _PHONE.fullmatch(phone):
            raise SmsRefusal(400, "bad_phone", "the phone number is not in E.164 form")
        self._store.run(
            "INSERT INTO sms (request_id, id, phone, template, params, language, sent_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (request_id) DO NOTHING",
            *(request_id, secrets.token_hex(12), phone, template),
            *(json.dumps(params, ensure_ascii=False), language, self._time.now()),
        )
        row = self._store.one("SELECT id FROM sms WHERE request_id = ?", request_id)
        return str(row["id"]) if row else ""

    def newest(self, phone: str | None, limit: int = 50) -> list[dict[str, Any]]:
        """What arrived at a phone, or at all phones, newest first."""
        rows = self._store.all(
            "SELECT rowid, * FROM sms WHERE ? IS NULL OR phone = ? ORDER BY sent_at DESC, rowid DESC LIMIT ?",
            *(phone, phone, limit),
        )
        return [_shown(row) for row in rows]


def _shown(row: Row) -> dict[str, Any]:
    params: dict[str, Any] = json.loads(row["params"])
    return {
        "id": row["id"],
        "phone": row["phone"],
        "template": row["template"],
        "params": params,
        "code": params.get("code"),
        "text": _text(row["template"], row["language"], params),
        "sent_at": desk_time(row["sent_at"]),
    }


def _text(template: str, language: str, params: Mapping[str, Any]) -> str:
    """A vendor fills approved texts; for a template that the sandbox does not know it shows the values."""
    texts = SMS_TEXTS.get(template, {})
    wording = texts.get(language) or texts.get("zh-Hant")
    values = {name: str(value) for name, value in params.items()}
    if wording is None:
        return template + ": " + ", ".join(f"{name} = {value}" for name, value in values.items())
    # in one pass: a value that holds braces itself stays as it is
    return _PLACE.sub(lambda place: values.get(place[1], ""), wording)
