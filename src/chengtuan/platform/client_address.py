"""Who counts as one client where something is limited by network address."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address

_IPV6_SITE_BITS = 64


@lru_cache(4096)  # the same people ask again and again
def client_subject(address: str) -> str:
    """An IPv4 address, or the /64 network of an IPv6 address: a household changes the rest at will."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(IPv6Address(int(parsed) >> _IPV6_SITE_BITS << _IPV6_SITE_BITS))
