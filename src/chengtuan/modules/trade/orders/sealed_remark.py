"""What a buyer writes to the shop: encrypted as the address beside it."""

from chengtuan.platform.crypto import KeyRing

_COLUMN = "trade.shop_order.remark_sealed"


def seal_remark(keys: KeyRing, remark: str) -> bytes | None:
    """None if there is none."""
    return keys.encrypt(remark, _COLUMN) if remark else None


def open_remark(keys: KeyRing, sealed: bytes | None, unsealed: str) -> str:
    """`unsealed` is what an order from before remarks were encrypted still has."""
    return keys.decrypt(sealed, _COLUMN) if sealed is not None else unsealed
