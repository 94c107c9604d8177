"""The ledger as lists to be shown: newest first, times in UTC, money in fen."""

import json
from typing import Any

from .sandbox_time import desk_time
from .store import Row, Store

_TIMES = ("created_at", "success_time", "time_expire", "sent_at", "due_at", "settle_at", "pay_at")
_INTERNAL = frozenset({"content"})


def trades(store: Store, out_trade_no: str | None = None, *, limit: int) -> list[dict[str, Any]]:
    rows = store.all(
        "SELECT * FROM trade WHERE ? IS NULL OR out_trade_no = ? ORDER BY created_at DESC, rowid DESC LIMIT ?",
        *(out_trade_no, out_trade_no, limit),
    )
    return [_shown(row) for row in rows]


def refunds(store: Store, out_trade_no: str | None = None, *, limit: int) -> list[dict[str, Any]]:
    rows = store.all(
        "SELECT * FROM refund WHERE ? IS NULL OR out_trade_no = ? ORDER BY created_at DESC, rowid DESC LIMIT ?",
        *(out_trade_no, out_trade_no, limit),
    )
    return [_shown(row) for row in rows]


def notices(store: Store, *, limit: int) -> list[dict[str, Any]]:
    rows = store.all("SELECT * FROM notice ORDER BY created_at DESC, rowid DESC LIMIT ?", limit)
    return [_shown(row) | {"subject": _subject(row)} for row in rows]


def messages(store: Store, *, limit: int = 100) -> list[dict[str, Any]]:
    rows = store.all("SELECT * FROM subscribe_message ORDER BY id DESC LIMIT ?", limit)
    return [_shown(row) | {"data": _values(row)} for row in rows]


def _subject(row: Row) -> str:
    content: dict[str, Any] = json.loads(row["content"])
    return str(content.get("out_refund_no") or content["out_trade_no"])


def _values(row: Row) -> dict[str, str]:
    return {name: str(field["value"]) for name, field in json.loads(row["data"]).items()}


def _shown(row: Row) -> dict[str, Any]:
    return {name: desk_time(value) if name in _TIMES else value for name, value in row.items() if name not in _INTERNAL}
