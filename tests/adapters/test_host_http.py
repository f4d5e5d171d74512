"""Hosts that do not answer as HTTP services should: drip, swell, lead elsewhere."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from appraise.adapters import host_http
from appraise.adapters.host_http import HostHttp
from appraise.adapters.sinks import HostBusy, HostRefused, SinkOptions


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
