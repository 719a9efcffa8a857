"""Which addresses of the Internet are public, so that a configuration cannot aim us at our own net."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

# RFC 6052: the well-known prefix under which IPv6 networks reach IPv4 addresses.
_NAT64 = IPv6Network("64:ff9b::/96")


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host, in the system's order; raises ``OSError``."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def is_public(address: str) -> bool:
    """Tell whether an address is one of the public Internet: not private, loopback, link-local ….

    An IPv6 address that stands for an IPv4 one is judged by that.
    """
    meant = _meant(ip_address(address.partition("%")[0]))
    return meant.is_global and not (meant.is_multicast or meant.is_reserved)


def _meant(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo or address
