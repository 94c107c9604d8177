"""Who pays, on the way into and out of the database."""

import json
from dataclasses import replace
from typing import Any

from chengtuan.modules.payments.rules.payment import Payment
from chengtuan.platform.crypto import KeyRing

_PAYER = "payments.payment.payer_openid_sealed"
_NOTICE = "payments.notice.content_sealed"


def seal_payer(keys: KeyRing, openid: str | None) -> bytes | None:
    """None if the provider or the shopper named nobody."""
    return keys.encrypt(openid, _PAYER) if openid else None


def sealed(keys: KeyRing, payment: Payment) -> Payment:
    """As it is stored: nobody reads in it who pays."""
    return replace(payment, payer_openid=None, payer_openid_sealed=seal_payer(keys, payment.payer_openid))


def opened(keys: KeyRing, payment: Payment) -> Payment:
    """With `payer_openid`, which a stored payment has only if it is from before these were encrypted."""
    if payment.payer_openid_sealed is None:
        return payment
    return replace(payment, payer_openid=keys.decrypt(payment.payer_openid_sealed, _PAYER), payer_openid_sealed=None)


def seal_content(keys: KeyRing, content: Any) -> bytes:
    """A notice's content, which is JSON: it names the payer, or the card that money went back to."""
    return keys.encrypt(json.dumps(content), _NOTICE)
