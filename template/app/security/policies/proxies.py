"""Finds the caller's address and scheme behind trusted proxies, and nobody else's word for it."""

from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, str, bytes | None, bytes | None], tuple[str, str]]

UNKNOWN = "unknown"


def parse_address(text: str) -> Address | None:
    """Return an address without port, brackets or zone, IPv4-mapped ones as IPv4; None if odd."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def compile_proxies(trusted: tuple[str, ...]) -> Resolve:
    """Return ``resolve(peer, scheme, forwarded_for, forwarded_proto) -> (client, scheme)``.

    ``X-Forwarded-For`` is walked from the right, where the nearest proxy wrote, for as long as the
    hop that wrote the entry is trusted; the first address that is no trusted proxy is the client.
    An entry that is no address ends the walk: the last trusted hop then stands for the client.
    ``X-Forwarded-Proto`` counts by its rightmost value, which only the nearest proxy can write.
    """
    networks = tuple(ip_network(text, strict=False) for text in trusted)

    @lru_cache(maxsize=8192)
    def known(text: str) -> tuple[str, bool] | None:
        """Return the canonical form of an address, and whether it is a trusted proxy."""
        address = parse_address(text)
        if address is None:
            return None
        return str(address), any(address in network for network in networks)

    def resolve(
        peer: str, scheme: str, forwarded_for: bytes | None, forwarded_proto: bytes | None
    ) -> tuple[str, str]:
        hop = known(peer)
        if hop is None:
            return UNKNOWN, scheme
        client, trusted_hop = hop
        if not trusted_hop:
            return client, scheme
        if forwarded_proto is not None:
            written = forwarded_proto.rpartition(b",")[2].strip().lower()
            scheme = "https" if written == b"https" else "http"
        for entry in reversed((forwarded_for or b"").decode("latin-1").split(",")):
            hop = known(entry)
            if hop is None:
                break
            client, trusted_hop = hop
            if not trusted_hop:
                break
        return client, scheme

    return resolve
