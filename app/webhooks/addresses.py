"""Which IP addresses a webhook may not reach, unless the operator names their network. Pure.

`ipaddress.is_global` is not asked: up to Python 3.12 it takes `::127.0.0.1`,
`64:ff9b::7f00:1`, `2002:7f00:1::`, `fec0::1` and `224.0.0.1` for addresses of
the open internet. Of IPv6 only what the IANA has given out for global unicast
(2000::/3) passes, so that what carries an IPv4 address inside, is local, or
means nothing yet is refused without being listed.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# IANA's special-purpose registries (RFC 6890 and what came after it), and two
# addresses at which clouds answer their guests.
REFUSED_IPV4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this host, this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT, and Alibaba's metadata at 100.100.100.200
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's host
        "169.254.0.0/16",  # link-local, and most clouds' metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments, and Oracle's metadata at 192.0.0.192
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
REFUSED_IPV6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)


def is_refused(address: Address, allowed: Sequence[Network] = ()) -> bool:
    """Whether nothing may be sent to `address`; `allowed` are networks that are open all the same.

    An allowed IPv4 network does not open the IPv6 addresses that carry its addresses inside.
    """
    if any(address in network for network in allowed):
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return any(address in network for network in REFUSED_IPV4)
    if address.scope_id is not None or address not in GLOBAL_UNICAST:
        return True
    return any(address in network for network in REFUSED_IPV6)
