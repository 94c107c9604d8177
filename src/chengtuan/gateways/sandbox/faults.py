"""What the sandbox has been told to do wrong next. Armed faults survive a restart of the sandbox."""

from dataclasses import dataclass
from enum import StrEnum

from .store import Store


class FaultKind(StrEnum):
    """Each is used up by the next occasion it fits. `seconds` matters to those that delay."""

    CALLBACK_LOST = "callback_lost"
    CALLBACK_DUPLICATED = "callback_duplicated"
    CALLBACK_DELAYED = "callback_delayed"
    CALLBACK_OUT_OF_ORDER = "callback_out_of_order"
    CALLBACK_BAD_SIGNATURE = "callback_bad_signature"
    CALLBACK_OLD_TIMESTAMP = "callback_old_timestamp"
    CALLBACK_PROBE = "callback_probe"
    CALLBACK_WRONG_AMOUNT = "callback_wrong_amount"
    CALLBACK_WRONG_MCHID = "callback_wrong_mchid"
    API_500 = "api_500"
    API_500_AFTER = "api_500_after"
    API_BAD_SIGNATURE = "api_bad_signature"
    API_FREQUENCY_LIMITED = "api_frequency_limited"
    PAY_REFUSED = "pay_refused"
    PAY_LATE = "pay_late"
    REFUND_ABNORMAL = "refund_abnormal"
    REFUND_CLOSED = "refund_closed"
    REFUND_DELAYED = "refund_delayed"
    REFUND_NOTICE_FIRST = "refund_notice_first"
    MINI_500 = "mini_500"
    MINI_STALE_TOKEN = "mini_stale_token"  # noqa: S105 (a name, no password)
    SMS_500 = "sms_500"


CALLBACK_FAULTS = tuple(kind for kind in FaultKind if kind.value.startswith("callback_"))


@dataclass(slots=True)
class Fault:
    id: int
    kind: FaultKind
    times: int
    seconds: float


class Faults:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._armed = [
            Fault(row["id"], FaultKind(row["kind"]), row["times"], row["seconds"])
            for row in store.all("SELECT * FROM fault ORDER BY id")
        ]

    def arm(self, kind: FaultKind, *, times: int = 1, seconds: float = 0.0) -> Fault:
        """Do this wrong at the next `times` occasions; ValueError for numbers that make no sense."""
        if times < 1 or seconds < 0:
            raise ValueError("times is at least 1 and seconds not negative")
        self._store.run("INSERT INTO fault (kind, times, seconds) VALUES (?, ?, ?)", kind, times, seconds)
        row = self._store.one("SELECT max(id) AS id FROM fault")
        fault = Fault(row["id"] if row else 0, kind, times, seconds)
        self._armed.append(fault)
        return fault

    def armed(self) -> list[Fault]:
        return list(self._armed)

    def clear(self) -> None:
        self._store.run("DELETE FROM fault")
        self._armed.clear()

    def take(self, *kinds: FaultKind) -> Fault | None:
        """Use up the oldest armed fault of these kinds; None if the sandbox shall behave."""
        for fault in self._armed:
            if fault.kind in kinds:
                self._use(fault)
                return fault
        return None

    def _use(self, fault: Fault) -> None:
        fault.times -= 1
        if fault.times > 0:
            self._store.run("UPDATE fault SET times = ? WHERE id = ?", fault.times, fault.id)
        else:
            self._store.run("DELETE FROM fault WHERE id = ?", fault.id)
            self._armed.remove(fault)
