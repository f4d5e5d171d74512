"""The API on a real port, for real clients; its clock is the test's."""

import asyncio
import socket as sockets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
import uvicorn
from gql import Client, gql
from gql.transport.websockets import WebsocketsTransport
from tests.api.builder import AT, Company, finalise
from websockets.sync.client import ClientConnection, connect

from appraise.api.global_ids import Kind, to_global
from appraise.domain.reading import ViewedSection
from appraise.domain.scorecards import Estimate
from appraise.domain.sections import Section
from appraise.settings import Settings
from appraise.use_cases.rate_item import rate_item
from appraise.use_cases.return_section import return_section
from appraise.use_cases.submit_section import submit_section
from appraise.web import create_app, server_of

CHANGED = "subscription ($ids: [ID!]!) { sectionChanged(ids: $ids) { kind version section { state } } }"


@dataclass(slots=True)
class Served:
    company: Company
    port: int
    now: datetime = AT
    server: uvicorn.Server | None = None
    _tokens: dict[str, str] = field(default_factory=dict)

    def stop(self) -> None:
        assert self.server is not None
        self.server.should_exit = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    @property
    def ws(self) -> str:
        return f"ws://127.0.0.1:{self.port}/graphql"

    def token(self, who: str) -> str:
        if who not in self._tokens:
            self._tokens[who] = self.company.token(who)
        return self._tokens[who]

    def section_id(self, of: str) -> str:
        return to_global(Kind.SECTION, self.company.section(of).section.id)

    def rate(self, of: str, rating: int = 3) -> int:
        """Max rates the first item of a section: what another process would do. Gives the section's new version."""
        section = self.company.section(of, seen_by="Max Weber").section
        done = rate_item(
            self.company.deployment,
            self.company.principal("Max Weber"),
            section.id,
            section.items[0].id,
            rating=rating,
            comment=None,
            expected_version=section.version,
            at=self.now,
        )
        assert isinstance(done, ViewedSection)
        return done.section.version

    @contextmanager
    def raw(self, protocol: str = "graphql-transport-ws") -> Iterator[ClientConnection]:
        with connect(self.ws, subprotocols=[protocol]) as socket:  # type: ignore[list-item]
            yield socket

    @contextmanager
    def opened(self, who: str) -> Iterator[ClientConnection]:
        """A connection after `connection_init`."""
        with self.raw() as socket:
            send(socket, type="connection_init", payload={"authorization": f"Bearer {self.token(who)}"})
            assert received(socket) == {"type": "connection_ack"}
            yield socket

    def rate_all(self, of: str) -> Section:
        """Max rates all that can be rated; gives the section."""
        for item in self.company.section(of).section.items:
            if isinstance(item.result, Estimate):
                section = self.company.section(of).section
                rate_item(
                    self.company.deployment,
                    self.company.principal("Max Weber"),
                    section.id,
                    item.id,
                    rating=3,
                    comment=None,
                    expected_version=section.version,
                    at=self.now,
                )
        return self.company.section(of).section

    def submit(self, of: str, version: int) -> None:
        company = self.company
        section = company.section(of).section.id
        done = submit_section(
            company.deployment, company.principal("Max Weber"), section, expected_version=version, at=self.now
        )
        assert isinstance(done, ViewedSection)

    def send_back(self, of: str, version: int) -> None:
        company = self.company
        section = company.section(of).section.id
        done = return_section(
            company.deployment,
            company.principal("Hal Novak"),
            section,
            reason="look again",
            expected_version=version,
            at=self.now,
        )
        assert isinstance(done, ViewedSection)

    def finalise(self, of: str, version: int) -> None:
        """Approved, shared and made final: three versions on."""
        finalise(self.company, of, version, at=self.now)

    async def collect(
        self, who: str, query: str, count: int, variables: dict[str, Any], meanwhile: Callable[[], object]
    ) -> list[Any]:
        """The first `count` results that `gql` gets; `meanwhile` is called, in a thread, after the first."""
        headers = {"authorization": f"Bearer {self.token(who)}"}
        transport = WebsocketsTransport(self.ws, init_payload=headers)
        request = gql(query)
        request.variable_values = variables
        found: list[Any] = []
        async with asyncio.timeout(30), Client(transport=transport) as session:
            async for result in session.subscribe(request):
                found.append(result)
                if len(found) == 1:
                    await asyncio.to_thread(meanwhile)
                if len(found) == count:
                    break
        return found


def send(socket: ClientConnection, **message: Any) -> None:
    socket.send(orjson.dumps(message).decode())


def received(socket: ClientConnection) -> Any:
    return orjson.loads(socket.recv(timeout=20))


def told(socket: ClientConnection, field: str = "sectionChanged") -> Any:
    return received(socket)["payload"]["data"][field]


def subscribe(socket: ClientConnection, query: str, *, name: str = "1", **variables: Any) -> None:
    send(socket, type="subscribe", id=name, payload={"query": query, "variables": variables})


@contextmanager
def serving(company: Company) -> Iterator[Served]:
    listening = sockets.create_server(("127.0.0.1", 0))
    served = Served(company, listening.getsockname()[1])
    server = server_of(create_app(company.deployment, Settings(), lambda: served.now))
    served.server = server
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield served
    finally:
        served.stop()
        thread.join(timeout=20)
        assert not thread.is_alive()
        listening.close()
