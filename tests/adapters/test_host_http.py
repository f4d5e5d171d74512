"""Hosts that do not answer as HTTP services should: drip, swell, lead elsewhere."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Thread

import pytest

from appraise.adapters import host_http
from appraise.adapters.host_http import LONGEST_WAIT, Answered, HostHttp
from appraise.adapters.sinks import HostBusy, HostLocked, HostRefused, SinkOptions
from appraise.errors import InvalidInput


@contextmanager
def answering(parts: list[bytes], pause: float) -> Iterator[str]:
    """A server of one connection, which sends the parts with a pause between them, until nobody reads any more."""
    listening = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            for part in parts:
                try:
                    connection.sendall(part)
                except OSError:
                    return
                time.sleep(pause)

    thread = Thread(target=answer)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        thread.join()
        listening.close()


def test_a_host_that_sends_a_little_now_and_then_is_not_waited_for() -> None:
    drops = [b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n", *[b" "] * 30]
    with answering(drops, 0.1) as url, HostHttp(SinkOptions("drip", url, timeout=0.4), {}) as http:
        began = time.monotonic()
        with pytest.raises(HostBusy, match="drip did not answer in time"):
            http.get("/")
        assert time.monotonic() - began < 2  # all of it would take three seconds


def test_an_answer_that_swells_is_left_before_it_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_http, "LARGEST", 100_000)
    swollen = [b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n", *[b" " * 50_000] * 20]
    refused = pytest.raises(HostRefused, match="swollen sent more than 100,000 bytes")
    with answering(swollen, 0) as url, HostHttp(SinkOptions("swollen", url, timeout=5), {}) as http, refused:
        http.get("/")


def test_a_host_that_leads_elsewhere_does_not_get_us_there() -> None:
    away = [b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 2\r\n\r\nno"]
    refused = pytest.raises(HostRefused, match=r"away refused \(302\): no")
    with answering(away, 0) as url, HostHttp(SinkOptions("away", url, timeout=5), {}) as http, refused:
        http.get("/")


KINDS = {
    HostLocked: [401],
    HostBusy: [408, 425, 429, 500, 502, 503, 504],
    HostRefused: [301, 400, 403, 404, 405, 409, 410, 413, 417, 422, 501],
}


@pytest.mark.parametrize(("kind", "status"), [(kind, status) for kind, all_of in KINDS.items() for status in all_of])
def test_each_status_is_a_reason_to_wait_to_be_let_in_or_to_give_up(kind: type[Exception], status: int) -> None:
    said = [b"HTTP/1.1 %d No\r\ncontent-length: 14\r\n\r\nno,\n  not here" % status]
    refused = pytest.raises(kind)
    with answering(said, 0) as url, HostHttp(SinkOptions("host", url, timeout=5), {}) as http, refused as told:
        http.call("PUT", "/", body={})
    assert type(told.value) is (Answered if kind is HostRefused else kind)
    if kind is not HostBusy:
        assert str(told.value).endswith(f"({status}): no, not here")


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n<html></html>",
        b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
        b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"data": [',
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc",
        b"what is this\r\n\r\n",
        b"",
    ],
    ids=["a page", "nothing", "half of it", "no gzip", "no HTTP", "no answer"],
)
def test_what_cannot_be_read_is_a_reason_to_wait_as_it_may_have_been_written(said: bytes) -> None:
    busy = pytest.raises(HostBusy)
    with answering([said], 0) as url, HostHttp(SinkOptions("host", url, timeout=5), {}) as http, busy:
        http.call("PUT", "/", body={})


@pytest.mark.parametrize(
    ("after", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("999999999", LONGEST_WAIT),
        ("99999999999999999999", LONGEST_WAIT),
        ("Mon, 02 Mar 2026 12:30:00 GMT", timedelta(minutes=30)),
        ("Mon, 02 Mar 2026 11:30:00 GMT", timedelta(0)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT),
        ("-5", timedelta(0)),
        ("soon", timedelta(0)),
        ("", timedelta(0)),
    ],
)
def test_a_busy_host_says_when_to_come_again_in_seconds_or_by_its_own_clock(after: str, wait: timedelta) -> None:
    head = (
        f"HTTP/1.1 503 No\r\ndate: Mon, 02 Mar 2026 12:00:00 GMT\r\nretry-after: {after}\r\ncontent-length: 0\r\n\r\n"
    )
    busy, options = pytest.raises(HostBusy), {"timeout": 5.0}
    with answering([head.encode()], 0) as url, HostHttp(SinkOptions("host", url, **options), {}) as http, busy as told:
        http.get("/")
    assert told.value.wait == wait


def test_a_host_that_is_not_there_is_a_reason_to_wait() -> None:
    with HostHttp(SinkOptions("gone", "http://127.0.0.1:1", timeout=5), {}) as http, pytest.raises(HostBusy):
        http.get("/")


@pytest.mark.parametrize("url", ["http://hr.example.org", "ftp://127.0.0.1", "hr.example.org", "", "https://"])
def test_the_secret_goes_nowhere_in_the_open(url: str) -> None:
    with pytest.raises(InvalidInput, match="the address of the host open is"):
        HostHttp(SinkOptions("open", url), {})
