"""What all hosts to try on share: a real server, a token, employees, and troubles on demand."""

import asyncio
import socket
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from threading import Thread
from typing import Any, ClassVar, Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from appraise.adapters.sinks import SinkOptions
from appraise.domain.finished_sections import FinishedSection

TOKEN: Final = "key:secret"  # noqa: S105  # of hosts to try on
BY_HAND: Final = 12
"""What somebody enters in the host by hand."""
SLOW: Final = 0.6
"""Seconds; sinks that are tried on it wait a quarter of that."""


FITS: Final = 32
"""Characters that are left of a text that is cut off: whose it is, and not which revision."""
UNFIT: Final = "this field takes something else"


class Trouble(StrEnum):
    """What happens to the next request that writes. After SLOW, HALF and LIE the host says nothing of it later."""

    TOO_MANY = "429 with Retry-After"
    UNAVAILABLE = "503"
    UNFIT = "422, with its reason"
    SLOW = "an answer that comes too late, of something that was done"
    HALF = "half an answer, of something that was done"
    LIE = "success, of something that was not done"
    CUT = "success, of texts that were cut off"
    MEANWHILE = "somebody saves another number just before it"


class Refusal(Exception):  # noqa: N818  # the host's no
    """Answered with this status, body and headers."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(str(body))
        self.status, self.body, self.headers = status, body, headers


@dataclass(slots=True)
class Record:
    """What one host holds of one employee's section. `number` is None where it is empty; `saves` are counted."""

    employee: str
    number: Any = None
    text: dict[str, Any] = field(default_factory=dict)
    saves: int = 0


class FakeHost:
    """One host with at most one review. A subclass speaks the host's language over `records` and `is_active`.

    `namespace` is the kind of employee's id. A subclass sets `routes`, and says which requests write.
    """

    namespace: ClassVar[str]
    settings: ClassVar[dict[str, str]] = {}
    secret: ClassVar[str] = TOKEN
    expected: ClassVar[Decimal] = Decimal(69)
    """What a total of 3.75 of 1 to 5 is there: of 0 to 100 it is 68.75, and half-way goes up."""
    words: ClassVar[str]
    """What the host says of an employee for whom it saves nothing."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.records: list[Record] = []
        self.known: set[str] = set()
        self.is_active = True
        self.troubles: deque[Trouble] = deque()
        self.is_lying = False

    def options(self, url: str) -> SinkOptions:
        return SinkOptions("fake", url, self.secret, settings=self.settings)

    def with_wrong_secret(self, options: SinkOptions) -> SinkOptions:
        return replace(options, secret="wrong")  # noqa: S106  # it is

    def expect(self, section: FinishedSection) -> None:
        """Make what HR makes before sections are written: the employee, the review, the place."""
        employee = section.reference(self.namespace)
        assert employee is not None  # noqa: S101  # the suite's own section
        self.known.add(employee)

    def edit(self) -> None:
        """Somebody enters another number by hand."""
        self.records[0].number = BY_HAND
        self.records[0].saves += 1

    def surplus(self) -> int:
        """How much there is more than once of what was written."""
        return len(self.records) - 1

    def routes(self) -> list[Route]:
        raise NotImplementedError

    def is_write(self, request: Request) -> bool:
        return request.method in {"POST", "PUT", "PATCH"}

    def lets_in(self, authorization: str) -> bool:
        return self.secret in authorization

    def check_active(self) -> None:
        if not self.is_active:
            raise Refusal(*self.no())

    def no(self) -> tuple[int, Any]:
        """The status and body of a refusal for an employee who is not active."""
        raise NotImplementedError

    def route(self, path: str, answer: Callable[[Request], Awaitable[Any]], *methods: str) -> Route:
        async def handled(request: Request) -> Response:
            return await self._answered(request, answer)

        return Route(path, handled, methods=list(methods))

    async def _answered(self, request: Request, answer: Callable[[Request], Awaitable[Any]]) -> Response:
        if not self.lets_in(request.headers.get("authorization", "")):
            return JSONResponse({"message": "invalid token"}, 401)
        trouble = self.troubles.popleft() if self.troubles and self.is_write(request) else None
        if trouble is Trouble.TOO_MANY:
            return JSONResponse({"message": "slow down"}, 429, {"retry-after": "7200"})
        if trouble is Trouble.UNAVAILABLE:
            return Response("<html>down for maintenance</html>", 503)
        if trouble is Trouble.UNFIT:
            return self.refused(Refusal(422, {"message": UNFIT}, {"x-bamboohr-error-message": UNFIT}))
        self.is_lying = trouble is Trouble.LIE
        if trouble is Trouble.MEANWHILE:
            self.edit()
        try:
            body = await answer(request)
        except Refusal as refusal:
            return self.refused(refusal)
        if trouble is Trouble.CUT:
            for one in self.records:
                one.text = {name: text[:FITS] if isinstance(text, str) else text for name, text in one.text.items()}
        if trouble is Trouble.SLOW:
            await asyncio.sleep(SLOW)
        shown = self.shown(body)
        return HalfAnswer(bytes(shown.body)) if trouble is Trouble.HALF else shown

    def shown(self, body: Any) -> Response:
        return JSONResponse(body)

    def refused(self, refusal: Refusal) -> Response:
        return JSONResponse(refusal.body, refusal.status, refusal.headers)


class HalfAnswer(Response):
    """Promises all of its body and breaks off in the middle."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        del scope, receive
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body[: len(self.body) // 2], "more_body": True})


@contextmanager
def serving(host: FakeHost) -> Iterator[str]:
    """The address of a server of this host, in a thread of its own."""
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=host.routes()), log_level="critical", lifespan="off"))
    listening = socket.create_server(("127.0.0.1", 0))  # listens from now on, before the thread runs
    thread = Thread(target=server.run, kwargs={"sockets": [listening]}, name="fake host")
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
