"""Origins of web pages, as browsers write them in the header `Origin` (RFC 6454, 6.2)."""

import re
from typing import Final
from urllib.parse import urlsplit

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
DEFAULT_PORTS: Final = {"https": 443, "http": 80}
_ASCII_HOST: Final = re.compile(r"[a-z0-9.:-]+")
"""Browsers send other alphabets in their ASCII form (`xn--…`)."""


def origin(text: str) -> str | None:
    """`https://hr.example.org`, in small letters and without the scheme's own port; None for what is no origin.

    http is taken for this machine alone. A path, even a lone `/`, makes a URL of it and not an origin.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    scheme, host = parts.scheme, parts.hostname
    if not host or not (scheme == "https" or (scheme == "http" and host in LOOPBACK)):
        return None
    shown = f"[{host}]" if ":" in host else host
    written = f"{scheme}://{shown}" + ("" if port is None else f":{port}")
    is_plain = written == text.lower()  # and there is nothing besides: a user, a path, blanks, an empty port
    if not is_plain or not _ASCII_HOST.fullmatch(host):
        return None
    return f"{scheme}://{shown}" + ("" if port in {None, DEFAULT_PORTS[scheme]} else f":{port}")
