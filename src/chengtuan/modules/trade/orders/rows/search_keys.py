"""What an order is found by without being readable: blind indexes of its recipient."""

from collections.abc import Sequence
from dataclasses import dataclass

from chengtuan.modules.accounts.facade import Address
from chengtuan.modules.trade.orders.rules.query import TAIL, OrderQuery, name_meant
from chengtuan.platform.crypto import KeyRing

_PHONE = "trade.order.phone"
_PHONE_TAIL = "trade.order.phone-tail"
_NAME = "trade.order.name"


@dataclass(frozen=True, slots=True)
class RecipientKeys:
    phone: bytes
    phone_tail: bytes
    name: bytes


def keys_of_recipient(keys: KeyRing, address: Address) -> RecipientKeys:
    """What the order is stored under."""
    phone = address.phone.removeprefix("+")
    return RecipientKeys(
        phone=keys.blind_index(phone, _PHONE),
        phone_tail=keys.blind_index(phone[-TAIL:], _PHONE_TAIL),
        name=keys.blind_index(name_meant(address.name), _NAME),
    )


@dataclass(frozen=True, slots=True)
class WantedKeys:
    """What is looked for; a query may mean several."""

    phones: Sequence[bytes]
    phone_tails: Sequence[bytes]
    names: Sequence[bytes]


def keys_of_query(keys: KeyRing, query: OrderQuery) -> WantedKeys:
    return WantedKeys(
        phones=[keys.blind_index(phone, _PHONE) for phone in query.phones],
        phone_tails=[keys.blind_index(tail, _PHONE_TAIL) for tail in query.phone_tails],
        names=[keys.blind_index(name, _NAME) for name in query.names],
    )
