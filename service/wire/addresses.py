"""What counts as one place that requests come from."""

from __future__ import annotations

import ipaddress


def network_of(host: str) -> str:
    """An IPv4 address; of an IPv6 address the /64 network, which one household has; any other text as it is."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return host if address.version == 4 else str(ipaddress.ip_network((int(address), 64), strict=False))
