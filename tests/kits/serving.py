"""Stand-ins for hosts: each runs a kit's own code in a process of its own, and answers as its source code has it.

Who is signed in there is the cookie `who`.
"""

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

PLUGINS = Path(__file__).parents[2] / "plugins"


@dataclass(frozen=True)
class Asked:
    path: str
    query: dict[str, str]
    who: str
    host: str


@dataclass(frozen=True)
class Told:
    status: int
    media: str
    body: bytes


def page(text: str, status: int = 200) -> Told:
    return Told(status, "text/html; charset=utf-8", text.encode())


def file(path: Path) -> Told:
    return Told(200, "text/javascript", path.read_bytes())


def serve(answer: Callable[[Asked], Told]) -> None:
    """Prints its port, and serves until its process ends. One request at a time, as kits keep who asks in the host."""
    one_at_a_time = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library's name
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            who = SimpleCookie(self.headers.get("cookie", "")).get("who")
            with one_at_a_time:
                asked = Asked(unquote(parts.path), query, "" if who is None else who.value, self.headers["host"])
                told = answer(asked)
            self.send_response(told.status)
            self.send_header("content-type", told.media)
            self.send_header("content-length", str(len(told.body)))
            self.end_headers()
            self.wfile.write(told.body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
