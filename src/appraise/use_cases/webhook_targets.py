"""Where messages may be sent: public addresses over TLS, and the networks that a setting names."""

import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from appraise.errors import InvalidInput
from appraise.settings import Network

Address = IPv4Address | IPv6Address
LONGEST_URL: Final = 2_000
"""Characters."""
NAT64: Final = IPv6Network("64:ff9b::/96")
"""IPv6 addresses that stand for the IPv4 address in their last 32 bits (RFC 6052)."""
CLOUD_HOST: Final = ip_network("168.63.129.16/32")
"""Answers virtual machines of Azure about themselves, and is no private address."""
EXPECTED: Final = "an https:// URL of a public host, e.g. https://hr.example.org/appraise"
TO_DO: Final = "to send into your own network, have APPRAISE_WEBHOOK_NETWORKS name it"


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart; `path` has the query with it."""

    host: str
    port: int
    path: str
    is_tls: bool

    @property
    def authority(self) -> str:
        """As in the header `Host`."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == (443 if self.is_tls else 80) else f"{name}:{self.port}"


def target_of(url: str, networks: Sequence[Network]) -> Target:
    """Raises `InvalidInput` for a URL to which nothing is ever sent; what its name means is asked at each sending."""
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise InvalidInput("the URL is too long or has characters that a URL has not", expected=EXPECTED)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InvalidInput(f"the URL cannot be read: {error}", expected=EXPECTED) from error
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise InvalidInput("the URL has no host, or another scheme than https", expected=EXPECTED)
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise InvalidInput("the URL has a password or a fragment", expected=EXPECTED)
    if parts.scheme == "http" and not networks:
        raise InvalidInput("the URL is not https", expected=EXPECTED, hint=TO_DO)
    is_tls = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = Target(parts.hostname.rstrip("."), port or (443 if is_tls else 80), path, is_tls)
    literal = _literal(target.host)
    if literal is not None:
        check_address(literal, target, networks)
    return target


def check_address(address: Address, target: Target, networks: Sequence[Network]) -> None:
    """Raises `InvalidInput` where nothing is sent to this address."""
    meant = _meant(address)
    if any(meant in network for network in networks):
        return
    is_local = not meant.is_global or (isinstance(meant, IPv6Address) and meant.is_site_local)
    if is_local or meant.is_multicast or meant in CLOUD_HOST:
        raise InvalidInput(f"{target.host} is in a network of our own ({address})", expected=EXPECTED, hint=TO_DO)
    if not target.is_tls:
        raise InvalidInput(f"{target.host} is a public host without TLS", expected=EXPECTED)


def _literal(host: str) -> Address | None:
    """The address that `host` is, also as the system's resolver reads numbers: `2130706433`, `0x7f.1`."""
    if host.casefold() == "localhost" or host.casefold().endswith(".localhost"):  # RFC 6761, 6.3
        return IPv4Address("127.0.0.1")
    with suppress(ValueError):
        return ip_address(host)
    with suppress(OSError):
        return IPv4Address(socket.inet_aton(host))
    return None


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 address only wraps, wherever one does."""
    if isinstance(address, IPv6Address):
        if address in NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
        teredo = None if address.teredo is None else address.teredo[1]
        return address.ipv4_mapped or address.sixtofour or teredo or address
    return address
