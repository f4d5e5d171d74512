"""Send one signed message to one host, and trust nothing of what comes back."""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Final

import h11

from appraise.errors import InvalidInput
from appraise.settings import Network
from appraise.use_cases.webhook_targets import Target, check_address

ANSWERED_WITHIN: Final = 15.0
"""Seconds for all of it: name, connection, TLS, answer."""
LARGEST_HEAD: Final = 16 * 1024
LARGEST_BODY: Final = 64 * 1024
"""Bytes of an answer that are read; the rest is left."""
CHUNK: Final = 8 * 1024
TLS: Final = ssl.create_default_context()


@dataclass(frozen=True, slots=True)
class Reply:
    """`retry_after` is the header as it came."""

    status: int
    retry_after: str | None


class NotSent(Exception):  # noqa: N818  # named like the errors of appraise.errors
    """There was no whole answer; the message may have arrived all the same."""


async def send_webhook(target: Target, body: bytes, headers: dict[str, str], networks: Sequence[Network]) -> Reply:
    """Raises `NotSent`. Redirects are answers like others, and not followed."""
    try:
        async with asyncio.timeout(ANSWERED_WITHIN):
            reader, writer = await _connected(target, networks)
            try:
                return await _exchanged(reader, writer, target, body, headers)
            finally:
                writer.transport.abort()
    except TimeoutError as error:
        raise NotSent(f"no whole answer within {ANSWERED_WITHIN:g} s") from error
    except InvalidInput as error:
        raise NotSent(f"refused: {error.found}") from error
    except ssl.SSLCertVerificationError as error:
        raise NotSent(f"the certificate is not good: {error.verify_message}") from error
    except h11.RemoteProtocolError as error:
        raise NotSent(f"the answer is no HTTP, or was cut off: {error}") from error
    except OSError as error:
        raise NotSent(f"the connection failed: {error.strerror or error}") from error


async def _connected(target: Target, networks: Sequence[Network]) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """To the very address that was checked: the name may mean another one a moment later."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:  # one that may not be reached spoils the name
        check_address(ip_address(address.partition("%")[0]), target, networks)
    failure: OSError | None = None
    for address in addresses:
        try:
            return await asyncio.open_connection(
                address,
                target.port,
                ssl=TLS if target.is_tls else None,
                server_hostname=target.host if target.is_tls else None,
            )
        except ssl.SSLCertVerificationError:
            raise
        except OSError as error:
            failure = error
    raise failure or OSError("the name means no address")


async def _exchanged(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: Target, body: bytes, headers: dict[str, str]
) -> Reply:
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEAD)
    all_headers = {
        "host": target.authority,
        "user-agent": "Appraise",
        "content-type": "application/json",
        "content-length": str(len(body)),
        "connection": "close",
        **headers,
    }
    request = h11.Request(method="POST", target=target.path, headers=list(all_headers.items()))
    for event in (request, h11.Data(data=body), h11.EndOfMessage()):
        writer.write(connection.send(event) or b"")
    await writer.drain()
    reply: Reply | None = None
    length = 0
    while True:
        found = connection.next_event()
        match found:
            case h11.NEED_DATA:
                connection.receive_data(await reader.read(CHUNK))
            case h11.Response():
                given = {name: value for name, value in found.headers}  # noqa: C416  # h11's own sequence of pairs
                reply = Reply(found.status_code, given.get(b"retry-after", b"").decode("latin-1") or None)
            case h11.Data():
                length += len(found.data)
            case h11.InformationalResponse():
                continue
            case _:
                break
        if reply is not None and length > LARGEST_BODY:
            break
    if reply is None:
        raise NotSent("the connection was closed without an answer")
    return reply


def seconds_to_wait(retry_after: str | None, *, now: float) -> float:
    """What `Retry-After` asks, seconds or a date (RFC 9110, 10.2.3); 0 where it says nothing that can be read."""
    if retry_after is None:
        return 0.0
    if retry_after.isdecimal():
        return float(retry_after[:9])
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - now)
    except (ValueError, OverflowError):  # no date, or one of a year beyond all years
        return 0.0
