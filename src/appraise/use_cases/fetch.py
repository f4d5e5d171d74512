"""What an identity provider publishes, fetched within limits."""

import time
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

TIMEOUT: Final = 3.0
"""Seconds."""
LARGEST: Final = 256 * 1024
"""Bytes."""
CHUNK: Final = 16 * 1024
FAILURES: Final = (OSError, HTTPException, ValueError)
"""What `fetched` raises, and whoever reads its answer should raise `ValueError` for nonsense."""


class _NoRedirect(HTTPRedirectHandler):
    """What is published comes from the configured address or not at all; a redirect becomes an error."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _opened(request: Request) -> Any:
    try:
        return build_opener(_NoRedirect).open(request, timeout=TIMEOUT)
    except HTTPError as error:
        error.close()  # it holds the connection
        raise


def fetched(url: str, *, accept: str) -> bytes:
    """Raises `OSError` or `HTTPException` where there is no good answer in time, `ValueError` for one too large."""
    ends = time.monotonic() + TIMEOUT
    body = bytearray()
    request = Request(url, headers={"accept": accept})  # noqa: S310  # checked when it was configured
    with _opened(request) as response:
        while chunk := response.read1(CHUNK):
            body += chunk
            if len(body) > LARGEST:
                raise ValueError(f"the answer is larger than {LARGEST:,} bytes")
            if time.monotonic() > ends:
                raise TimeoutError(f"the answer took longer than {TIMEOUT:g} s")
    return bytes(body)
