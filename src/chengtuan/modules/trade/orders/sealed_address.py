"""The delivery address that an order keeps: encrypted, and opened only for its owner and its merchant."""

import json
from dataclasses import asdict

from chengtuan.modules.accounts.facade import Address
from chengtuan.platform.crypto import KeyRing

_COLUMN = "trade.shop_order.address_sealed"


def seal_address(keys: KeyRing, address: Address) -> bytes:
    return keys.encrypt(json.dumps(asdict(address), ensure_ascii=False), _COLUMN)


def open_address(keys: KeyRing, sealed: bytes) -> Address:
    return Address(**json.loads(keys.decrypt(sealed, _COLUMN)))
