"""Counts the faults that really hit something; arming one counts nothing."""

from collections import Counter

from chengtuan.gateways.sandbox import FaultKind, Sandbox

_NAMES: dict[FaultKind, str] = {
    FaultKind.CALLBACK_LOST: "callbacks lost",
    FaultKind.CALLBACK_DUPLICATED: "callbacks duplicated",
    FaultKind.CALLBACK_DELAYED: "callbacks delayed",
    FaultKind.CALLBACK_OUT_OF_ORDER: "callbacks out of order",
    FaultKind.CALLBACK_BAD_SIGNATURE: "callbacks with a false signature",
    FaultKind.CALLBACK_OLD_TIMESTAMP: "callbacks with an old timestamp",
    FaultKind.CALLBACK_PROBE: "callbacks as a probe",
    FaultKind.CALLBACK_WRONG_AMOUNT: "callbacks with a wrong amount",
    FaultKind.CALLBACK_WRONG_MCHID: "callbacks for another merchant",
    FaultKind.API_500: "answers 500, nothing done",
    FaultKind.API_500_AFTER: "answers 500, yet done",
    FaultKind.API_BAD_SIGNATURE: "answers with a false signature",
    FaultKind.API_FREQUENCY_LIMITED: "answers: too fast",
    FaultKind.PAY_REFUSED: "payments refused",
    FaultKind.PAY_LATE: "payments late",
    FaultKind.REFUND_ABNORMAL: "refunds abnormal",
    FaultKind.REFUND_CLOSED: "refunds closed",
    FaultKind.REFUND_DELAYED: "refunds delayed",
    FaultKind.REFUND_NOTICE_FIRST: "refund notices before the answer",
}
KINDS = tuple(_NAMES)
LINE_TROUBLES = ("answers lost", "requests lost", "no connection")
FORGED, CUT, KILLED, AGAIN = (
    "callbacks forged",
    "database connections cut",
    "processes killed",
    "events delivered again",
)
FAULTS = (*_NAMES.values(), *LINE_TROUBLES, FORGED, CUT, KILLED, AGAIN)
"""Every kind, by the name under which it is counted."""


class Tally:
    """`hits` by name."""

    def __init__(self) -> None:
        self.hits: Counter[str] = Counter()

    def hit(self, name: str) -> None:
        self.hits[name] += 1

    def watch(self, sandbox: Sandbox) -> None:
        """Each armed fault counts when the sandbox uses it up on a request, a payment, a refund or a notice."""
        use = sandbox.faults._use

        def counted(fault: object) -> None:
            use(fault)  # type: ignore[arg-type]  # handed through
            self.hit(_NAMES[fault.kind])  # type: ignore[attr-defined]

        sandbox.faults._use = counted  # type: ignore[method-assign]
