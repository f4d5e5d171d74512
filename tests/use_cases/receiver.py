"""A host on a real port, with whatever habits a test gives it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any

import orjson

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@dataclass(frozen=True, slots=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def told(self) -> Any:
        return orjson.loads(self.body)


@dataclass(slots=True)
class Receiver:
    """`habits` are taken one by one, the last one for ever: a status, or (status, pairs of headers), or the name of a habit."""

    habits: list[Any] = field(default_factory=lambda: [200])
    received: list[Received] = field(default_factory=list)
    port: int = 0
    go_on: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?tenant=1"

    def wait_for(self, count: int) -> None:
        ends = time.monotonic() + 20
        while len(self.received) < count:
            assert time.monotonic() < ends, f"{len(self.received)} of {count} came"
            time.sleep(0.01)

    def take(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["content-length"]))
        headers = {name.lower(): value for name, value in request.headers.items()}
        habit = self.habits.pop(0) if len(self.habits) > 1 else self.habits[0]
        self.received.append(Received(request.path, headers, body))
        HABITS.get(habit, _answer)(self, request, habit)


def _hang(receiver: Receiver, request: BaseHTTPRequestHandler, habit: Any) -> None:
    receiver.go_on.wait(30)


def _drip(receiver: Receiver, request: BaseHTTPRequestHandler, habit: Any) -> None:
    request.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not receiver.go_on.wait(0.1):
        request.wfile.write(b"x-more: drip\r\n")


def _flood(receiver: Receiver, request: BaseHTTPRequestHandler, habit: Any) -> None:
    request.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(10_000):
        request.wfile.write(b"x" * 64 * 1024)


def _raw(receiver: Receiver, request: BaseHTTPRequestHandler, habit: Any) -> None:
    request.wfile.write(RAW[habit])


def _answer(receiver: Receiver, request: BaseHTTPRequestHandler, habit: Any) -> None:
    status, more = habit if isinstance(habit, tuple) else (habit, ())
    lines = "".join(f"{name}: {value}\r\n" for name, value in more)
    request.wfile.write(f"HTTP/1.1 {status} As You Wish\r\n{lines}content-length: 0\r\n\r\n".encode())


RAW = {
    "truncate": b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort",
    "garbage": b"\x00\x01 this is no HTTP\r\n\r\n",
    "close": b"",
    "endless head": b"HTTP/1.1 200 OK\r\nx-head: " + b"y" * 100_000 + b"\r\n\r\n",
}
HABITS = {"hang": _hang, "drip": _drip, "flood": _flood, **dict.fromkeys(RAW, _raw)}


@contextmanager
def receiving(*habits: Any) -> Iterator[Receiver]:
    receiver = Receiver(list(habits) or [200])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the library's name
            try:
                receiver.take(self)
            except OSError:
                return

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        receiver.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield receiver
        finally:
            receiver.go_on.set()
            server.shutdown()
            thread.join()
