"""What an order keeps of its buyer: encrypted, and opened only for its owner and its merchant."""

import json

from chengtuan.modules.accounts.facade import Address
from chengtuan.platform.crypto import KeyRing

_ADDRESS = "trade.shop_order.address_sealed"
_REMARK = "trade.shop_order.remark_sealed"
_as_json = json.JSONEncoder(ensure_ascii=False).encode


def seal_address(keys: KeyRing, address: Address) -> bytes:
    return keys.encrypt(_as_json(vars(address)), _ADDRESS)


def open_address(keys: KeyRing, sealed: bytes) -> Address:
    return Address(**json.loads(keys.decrypt(sealed, _ADDRESS)))


def seal_remark(keys: KeyRing, remark: str) -> bytes | None:
    """None if there is none."""
    return keys.encrypt(remark, _REMARK) if remark else None


def open_remark(keys: KeyRing, sealed: bytes | None, unsealed: str) -> str:
    """`unsealed` is what an order from before remarks were encrypted still has."""
    return keys.decrypt(sealed, _REMARK) if sealed is not None else unsealed
