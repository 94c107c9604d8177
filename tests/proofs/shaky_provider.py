"""The sandbox as a process whose refund interface fails: `python -m tests.proofs.shaky_provider` takes its arguments.

SHAKY_SHARE is how many of the refund requests fail (0 to 1): half of them before, half of them after the deed.
SHAKY_REFUSES is how many refunds are refused for good, each time they are asked for: the first ones that come.
"""

import os
import random
from collections.abc import Mapping
from typing import Any

from chengtuan.gateways.sandbox.__main__ import main
from chengtuan.gateways.sandbox.refunds import Refunds
from chengtuan.gateways.sandbox.refusals import Refusal

_SHARE = float(os.environ.get("SHAKY_SHARE", "0"))
_REFUSES = int(os.environ.get("SHAKY_REFUSES", "0"))
_chance = random.Random(int(os.environ.get("SHAKY_SEED", "1")))
_refused: set[str] = set()
_accept = Refunds.accept


def _shaky(self: Refunds, body: Mapping[str, Any]) -> tuple[dict[str, Any], str | None]:
    number = str(body.get("out_refund_no"))
    if len(_refused) < _REFUSES:
        _refused.add(number)
    if number in _refused:
        raise Refusal(403, "NOT_ENOUGH", "the account's balance is too small")
    roll = _chance.random()
    if roll < _SHARE / 2:
        raise Refusal(500, "SYSTEM_ERROR", "the system is busy")
    answer = _accept(self, body)
    if roll < _SHARE:
        raise Refusal(500, "SYSTEM_ERROR", "the system is busy, yet it is done")
    return answer


if __name__ == "__main__":
    Refunds.accept = _shaky  # type: ignore[method-assign]
    main()
