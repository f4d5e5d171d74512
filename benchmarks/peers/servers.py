"""The servers that are measured, each as one process on a port of its own."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson
from joserfc import jwt
from joserfc.jwk import OctKey

from peers.queries import CYCLE, EXPORT, GRAPHILE, OURS_WORDS, PLAIN_WORDS, Body, Words, http

HERE: Final = Path(__file__).parent
PEER: Final = HERE / "postgraphile"
SIGNED_WITH: Final = "of a benchmark, which whoever runs it may know"
INSTALLED: Final = HERE.parents[1] / ".cache" / "benchmark-postgraphile"


@dataclass(frozen=True, slots=True)
class Server:
    name: str
    command: tuple[str, ...]
    environment: dict[str, str]
    words: Words | None = None
    token: str | None = None
    database: int | None = None
    """The first process of its PostgreSQL; None where the database is in the server's own process or there is none."""


@dataclass(frozen=True, slots=True)
class Running:
    server: Server
    process: int
    port: int
    bodies: dict[str, list[Body]] = field(default_factory=dict)

    def requests(self, operation: str) -> list[bytes]:
        if self.server.words is None:
            return [http({}, None)]
        if operation not in self.bodies:
            self.bodies[operation] = self.server.words.bodies(operation)
        return [http(body, self.server.token) for body in self.bodies[operation]]

    def first(self, operation: str) -> Body:
        self.requests(operation)
        return self.bodies[operation][0]

    def ask(self, body: Body) -> bytes:
        signed = {} if self.server.token is None else {"authorization": f"Bearer {self.server.token}"}
        headers = {"content-type": "application/json", **signed}
        url = f"http://127.0.0.1:{self.port}/graphql"
        with urllib.request.urlopen(urllib.request.Request(url, orjson.dumps(body), headers)) as answer:
            found: bytes = answer.read()
        return found


def ours(  # what runs, on what, and who asks
    name: str, data: Path, url: str | None, token: str, database: int | None, *, megabytes: int = 0
) -> Server:
    """`megabytes` of answers are remembered."""
    environment = {"APPRAISE_DATA": str(data), "APPRAISE_RATE_LIMIT": "2000000000"}
    environment["APPRAISE_RESPONSE_CACHE"] = str(megabytes)
    if url is not None:
        environment["APPRAISE_DATABASE_URL"] = url
    command = (sys.executable, "-m", "appraise", "serve", "--port", "{port}")
    return Server(name, command, environment, OURS_WORDS, token, database)


def plain(url: str, database: int) -> Server:
    environment = {"PLAIN_DATABASE": url.replace("postgresql:", "postgresql+psycopg:"), "PYTHONPATH": str(HERE.parent)}
    command = (sys.executable, "-m", "uvicorn", "peers.plain:app", "--port", "{port}", "--log-level", "warning")
    return Server("Strawberry, plain", command, environment, PLAIN_WORDS, None, database)


def floor(answer: bytes, directory: Path) -> Server:
    path = directory / "answer.json"
    path.write_bytes(answer)
    environment = {"FLOOR_BYTES": str(path), "PYTHONPATH": str(HERE.parent)}
    command = (sys.executable, "-m", "uvicorn", "peers.floor:app", "--port", "{port}", "--log-level", "warning")
    return Server("bare Starlette route", command, environment)


def postgraphile(url: str, database: int, name: str, *, reader: str | None = None, administers: bool = True) -> Server:
    """Without permissions, or with those of the employee `reader`.

    Raises `CalledProcessError` where npm cannot install it.
    """
    INSTALLED.mkdir(parents=True, exist_ok=True)
    for file in ("package.json", "package-lock.json", ".npmrc", "server.mjs"):
        shutil.copyfile(PEER / file, INSTALLED / file)
    if not (INSTALLED / "node_modules").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=INSTALLED, check=True, stdout=subprocess.DEVNULL)
    node = INSTALLED / "node_modules" / ".bin" / "node"
    command = (str(node), str(INSTALLED / "server.mjs"), url, "{port}")
    environment = {"GRAPHILE_ENV": "production", "NODE_ENV": "production"}
    if reader is None:
        return Server(name, command, environment, None, None, database)
    claims = {"aud": "postgraphile", "role": "peer_reader", "employee": reader, "administers": administers}
    token = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SIGNED_WITH))
    return Server(name, (*command, SIGNED_WITH), environment, None, token, database)


def graphile_words(running: Running) -> Words:
    """Its cursors are found by reading page after page."""

    def cursors(operation: str, size: int, pages: int) -> Sequence[str | None]:
        root = "allSections" if operation == EXPORT else "allPeople"
        query = GRAPHILE[operation]
        found: list[Any] = [None]
        while len(found) < pages:
            answer = orjson.loads(running.ask({"query": query, "variables": {"cycle": CYCLE, "after": found[-1]}}))
            found.append(answer["data"][root]["pageInfo"]["endCursor"])
            if len(answer["data"][root]["nodes"]) != size:
                raise RuntimeError("a page is not full")
        return found

    return Words(GRAPHILE, lambda key: key, CYCLE, cursors)


@contextmanager
def running(server: Server) -> Iterator[Running]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [part.replace("{port}", str(port)) for part in server.command]
    process = subprocess.Popen(command, env=os.environ | server.environment, stdout=subprocess.DEVNULL)
    try:
        _wait(process, port)
        yield Running(server, process.pid, port)
    finally:
        process.terminate()
        process.wait(30)


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    for _ in range(1_200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if process.poll() is not None:
                raise RuntimeError("the server ended before it answered") from None
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server does not answer")
