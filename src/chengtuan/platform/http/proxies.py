"""Where a request comes from: the peer, or what proxies that we trust say about it.

Each proxy appends to `X-Forwarded-For` the address that it got the request from. So the list is read from its
end for as long as whoever wrote is trusted: what anybody else put before that proves nothing.
"""

from collections.abc import MutableMapping, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, TypeAlias

Network: TypeAlias = IPv4Network | IPv6Network
Address: TypeAlias = IPv4Address | IPv6Address
LOOPBACK = "127.0.0.0/8,::1"
_UNKNOWN = "127.0.0.1"


class TrustedProxies:
    """Those whose word about the client counts."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = networks
        self._believed = lru_cache(maxsize=4096)(self._find_believed)

    @classmethod
    def parse(cls, text: str) -> "TrustedProxies":
        """Addresses and networks, comma-separated. Raises ValueError."""
        return cls([ip_network(part.strip()) for part in text.split(",") if part.strip()])

    def client_of(self, scope: MutableMapping[str, Any]) -> str:
        """The address that a request comes from."""
        peer = scope["client"][0] if scope.get("client") else _UNKNOWN
        written = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        return self._believed(str(peer), b",".join(written))  # the same people ask again and again

    def _find_believed(self, peer: str, forwarded: bytes) -> str:
        believed = str(_address(peer) or peer)
        for entry in reversed(forwarded.decode("latin-1").split(",")):
            address = _address(believed)
            if address is None or not self._trusts(address):
                break
            named = _address(entry)
            if named is None:
                break
            believed = str(named)
        return believed

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


def _address(text: str) -> Address | None:
    """From `1.2.3.4`, `1.2.3.4:5678`, `::1`, `[::1]` or `[::1]:5678`; IPv4 in IPv6 is IPv4."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
