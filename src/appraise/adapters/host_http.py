"""HTTP as sinks speak it: JSON both ways, and each failure as what is done about it."""

import ssl
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from http import HTTPStatus
from time import monotonic
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote, urlsplit

import httpx2
import orjson

from appraise.adapters.sinks import HostBusy, HostLocked, HostRefused, SinkOptions
from appraise.domain.origins import LOOPBACK
from appraise.errors import InvalidInput

LARGEST: Final = 16 * 1024 * 1024
"""Bytes of an answer."""
LONGEST_WAIT: Final = timedelta(hours=24)
WORDS: Final = 300
"""Characters of a host's own words that are kept."""


class HostHttp(AbstractContextManager["HostHttp"]):
    """Speaks to one host. Redirects are refused: they would carry the secret elsewhere.

    `told_in` is the header in which the host says why it refuses, where it does not say so in the body.
    """

    def __init__(self, options: SinkOptions, headers: Mapping[str, str], *, told_in: str = "") -> None:
        parts = urlsplit(options.url)
        if not parts.hostname or not (
            parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        ):
            raise InvalidInput(
                f"the address of the host {options.name} is {options.url!r}",
                expected="https://… (http:// is taken for this machine alone)",
                hint="mend `url` in the file of hosts",
            )
        self._name, self._told_in, self._timeout = options.name, told_in, options.timeout
        self._client = httpx2.Client(
            base_url=options.url.rstrip("/"),
            headers={"accept": "application/json", "user-agent": "Appraise", **headers},
            timeout=options.timeout,
            verify=_tls(),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def authorise(self, authorization: str) -> None:
        """What is sent along from now on."""
        self._client.headers["authorization"] = authorization

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        return self.call("GET", path, params=params)

    def call(
        self, method: str, path: str, *, body: Any = None, params: Mapping[str, str] | None = None, empty: bool = False
    ) -> Any:
        """The JSON of the answer. `empty` says that an answer may have no body. `path` is quoted by `segment`."""
        content = self._answer(method, path, params=params, json=body)
        if empty and not content:
            return None
        try:
            return orjson.loads(content)
        except ValueError as error:
            raise HostBusy(f"{self._name} answered something that is no JSON") from error

    def send(self, path: str, document: bytes, media: str) -> bytes:
        """The answer to a document that is no JSON, as it came."""
        return self._answer("POST", path, content=document, headers={"content-type": media})

    def _answer(self, method: str, path: str, **request: Any) -> bytes:
        until = monotonic() + self._timeout
        try:
            with self._client.stream(method, path, **request) as answer:
                content = self._whole(answer, until)
        except httpx2.TimeoutException as error:
            raise HostBusy(f"{self._name} did not answer in time") from error
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            raise HostBusy(f"{self._name} did not answer whole: {str(error) or type(error).__name__}") from error
        self._check(answer, content)
        return content

    def _whole(self, answer: httpx2.Response, until: float) -> bytes:
        """All of the body. A host that sends a little now and then is as slow as one that sends nothing."""
        parts, length = list[bytes](), 0
        for part in answer.iter_bytes():
            parts.append(part)
            length += len(part)
            if length > LARGEST:
                raise HostRefused(f"{self._name} sent more than {LARGEST:,} bytes")
            if monotonic() > until:
                raise HostBusy(f"{self._name} did not answer in time")
        return b"".join(parts)

    def _check(self, answer: httpx2.Response, content: bytes) -> None:
        status = answer.status_code
        if status in BUSY:
            raise HostBusy(f"{self._name} is busy ({status})", _wait(answer.headers))
        if status == HTTPStatus.UNAUTHORIZED:
            raise HostLocked(f"{self._name} does not know the token (401): {self._words(answer, content)}")
        if status >= HTTPStatus.MULTIPLE_CHOICES:
            raise Answered(status, f"{self._name} refused ({status}): {self._words(answer, content)}")

    def _words(self, answer: httpx2.Response, content: bytes) -> str:
        """What the host says, on one line."""
        text = answer.headers.get(self._told_in) or content.decode(errors="replace")
        return " ".join(text.split())[:WORDS]


class Answered(HostRefused):
    """A refusal by its status, which means different things in different hosts."""

    def __init__(self, status: int, found: str) -> None:
        super().__init__(found)
        self.status = status


BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


@cache
def _tls() -> ssl.SSLContext:
    """Made once: reading the system's certificates takes longer than a request."""
    return ssl.create_default_context()


def segment(text: str) -> str:
    """A value as one part of a path."""
    return quote(text, safe="")


def _wait(headers: Mapping[str, str]) -> timedelta:
    """Seconds, or a date (RFC 9110, 10.2.3) that is compared with the host's own clock; nothing where unreadable."""
    text = headers.get("retry-after", "")
    if text.isdecimal():
        return min(timedelta(seconds=int(text[:9])), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(text) - parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError):
        return timedelta(0)
    return max(timedelta(0), min(until, LONGEST_WAIT))
