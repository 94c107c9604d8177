"""From the partner's JSON to our types. ValueError on anything of another form; the callers name it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chengtuan.kernel.calendar import instant_of
from chengtuan.kernel.json_text import is_clean_json_text

from .contracts import RefundState, RefundStatus, TradeState, Transaction

Json = Mapping[str, Any]
_MOST_FEN = 2**53
_LONGEST_NUMBER = 128
"""Characters of a number, ours or the partner's; theirs have 64 at most."""


def json_object(raw: bytes) -> dict[str, Any]:
    """Read a JSON object; ValueError if it is none."""
    if not is_clean_json_text(raw):
        raise ValueError("not UTF-8, or with characters that are none")
    try:
        value = json.loads(raw)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 (the partner's form, not our types)
    return value


def text(source: Json, name: str) -> str:
    value = source.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is missing")
    return value


def number(source: Json, name: str) -> str:
    """An identifier. One that is longer than any of theirs is none, and no index could hold it."""
    value = text(source, name)
    if len(value) > _LONGEST_NUMBER:
        raise ValueError(f"{name} is too long")
    return value


def optional_text(source: Json, name: str) -> str | None:
    return text(source, name) if source.get(name) not in (None, "") else None


def fen(source: Json, name: str) -> int:
    """An amount in fen. bool is an int in Python, and true is no amount."""
    value = source.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST_FEN:
        raise ValueError(f"{name} is no amount in fen")
    return value


def section(source: Json, name: str) -> Json:
    value = source.get(name)
    if not isinstance(value, dict):
        raise ValueError(f"{name} is missing")  # noqa: TRY004 (the partner's form, not our types)
    return value


def instant(source: Json, name: str) -> datetime | None:
    """An RFC 3339 time in UTC, or None if it is absent."""
    raw = optional_text(source, name)
    if raw is None:
        return None
    moment = datetime.fromisoformat(raw)
    return instant_of(moment)


def required_instant(source: Json, name: str) -> datetime:
    moment = instant(source, name)
    if moment is None:
        raise ValueError(f"{name} is missing")
    return moment


def transaction(source: Json) -> Transaction:
    """A paid one must carry number, amount, currency and time: without them it proves nothing."""
    state = TradeState(text(source, "trade_state"))
    amount = section(source, "amount") if source.get("amount") else None
    payer = section(source, "payer") if source.get("payer") else {}
    result = Transaction(
        out_trade_no=number(source, "out_trade_no"),
        state=state,
        mchid=number(source, "mchid"),
        appid=number(source, "appid"),
        transaction_id=number(source, "transaction_id") if source.get("transaction_id") else None,
        trade_type=optional_text(source, "trade_type"),
        amount_fen=fen(amount, "total") if amount else None,
        currency=optional_text(amount, "currency") if amount else None,
        payer_openid=number(payer, "openid") if payer.get("openid") else None,
        success_time=instant(source, "success_time"),
        attach=optional_text(source, "attach"),
    )
    proof = (result.transaction_id, result.amount_fen, result.currency, result.success_time)
    if result.paid and None in proof:
        raise ValueError("a paid transaction without number, amount, currency or time")
    return result


def refund(source: Json, *, status_field: str) -> RefundState:
    """Answers call the state `status`, notices call it `refund_status`."""
    amount = section(source, "amount")
    return RefundState(
        out_refund_no=number(source, "out_refund_no"),
        refund_id=number(source, "refund_id"),
        out_trade_no=number(source, "out_trade_no"),
        transaction_id=number(source, "transaction_id"),
        status=RefundStatus(text(source, status_field)),
        amount_fen=fen(amount, "refund"),
        total_fen=fen(amount, "total"),
        currency=optional_text(amount, "currency"),
        created_at=instant(source, "create_time"),
        success_time=instant(source, "success_time"),
    )
