"""Notices as rows: written together with the state they tell of, so that no crash can lose one."""

import json
import secrets
from collections.abc import Mapping
from typing import Any

from .faults import CALLBACK_FAULTS, FaultKind, Faults
from .sandbox_time import SandboxTime
from .store import Row, Store

RETRY_DELAYS_S = (
    *(15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600),
    *(10800, 10800, 10800, 21600, 21600),
)
"""Fifteen repetitions over 24 h 4 min, as the partner documents them."""

_STATUS_OF = {FaultKind.CALLBACK_LOST: "lost", FaultKind.CALLBACK_OUT_OF_ORDER: "held"}


class Notices:
    def __init__(self, store: Store, faults: Faults, time: SandboxTime, retry_scale: float) -> None:
        self._store = store
        self._faults = faults
        self._time = time
        self._retry_scale = retry_scale
        self._fresh: list[str] = []

    def add(self, event_type: str, notify_url: str, content: Mapping[str, Any]) -> str:
        """Write a notice that is due now, unless a fault says otherwise; returns its id."""
        fault = self._faults.take(*CALLBACK_FAULTS)
        kind = fault.kind if fault else None
        status = _STATUS_OF.get(kind, "pending") if kind else "pending"
        delay_s = fault.seconds if fault and kind is FaultKind.CALLBACK_DELAYED else 0.0
        now = self._time.now()
        notice_id = secrets.token_hex(16)
        self._store.run(
            "INSERT INTO notice (id, event_type, notify_url, content, created_at, due_at, status, quirk)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *(notice_id, event_type, notify_url, json.dumps(content, ensure_ascii=False)),
            *(now, now + delay_s, status, kind),
        )
        if status == "pending" and not delay_s:
            self._fresh.append(notice_id)
        return notice_id

    def take_fresh(self) -> list[str]:
        """The ids written since the last call that are due at once: spares a search for each payment."""
        fresh, self._fresh = self._fresh, []
        return fresh

    def due(self, limit: int = 256) -> list[Row]:
        return self._store.all(
            "SELECT * FROM notice WHERE status = 'pending' AND due_at <= ? ORDER BY due_at LIMIT ?",
            *(self._time.now(), limit),
        )

    def find(self, notice_id: str) -> Row | None:
        return self._store.one("SELECT * FROM notice WHERE id = ?", notice_id)

    def any_pending(self) -> bool:
        return self._store.one("SELECT 1 AS yes FROM notice WHERE status = 'pending' LIMIT 1") is not None

    def record(self, notice: Row, *, answer: str, accepted: bool) -> None:
        """Write down how one attempt went and when the next one is due."""
        if accepted:
            self._accepted(notice, answer)
        else:
            self._refused(notice, answer)

    def _accepted(self, notice: Row, answer: str) -> None:
        again = notice["quirk"] == FaultKind.CALLBACK_DUPLICATED
        with self._store.transaction():
            self._store.run(
                "UPDATE notice SET status = ?, quirk = NULL, attempts = attempts + 1, last_answer = ?,"
                " due_at = ? WHERE id = ?",
                *("pending" if again else "delivered", answer),
                *(self._time.now() + self._retry_scale if again else None, notice["id"]),
            )
            # Now the younger notice has overtaken those that were held back.
            self._store.run(
                "UPDATE notice SET status = 'pending', quirk = NULL, due_at = ? WHERE status = 'held'",
                self._time.now(),
            )

    def _refused(self, notice: Row, answer: str) -> None:
        attempts = notice["attempts"] + 1
        left = attempts <= len(RETRY_DELAYS_S)
        delay_s = RETRY_DELAYS_S[attempts - 1] * self._retry_scale if left else 0.0
        self._store.run(
            "UPDATE notice SET status = ?, quirk = ?, attempts = ?, last_answer = ?, due_at = ? WHERE id = ?",
            *("pending" if left else "exhausted", _after_failure(notice["quirk"]), attempts, answer),
            *(self._time.now() + delay_s if left else None, notice["id"]),
        )


def _after_failure(quirk: str | None) -> str | None:
    """A falsified attempt is followed by true ones; a duplicate still has to be doubled."""
    return quirk if quirk == FaultKind.CALLBACK_DUPLICATED else None
