"""Server-sent events: the distinct connections mode of GraphQL over SSE, one subscription per request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, Final

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from appraise.api.errors import ErrorCode, request_error
from appraise.api.live import Ended, Stopped
from appraise.errors import Unauthenticated

SENT_WITHIN: Final = 20.0
"""Seconds that a client may leave what was sent unread."""
SIGN_OF_LIFE: Final = b":\n\n"
COMPLETE: Final = b"event: complete\ndata:\n\n"


class EventStream(Response):
    """Answers as they come; each as an event `next`, at the end `complete`."""

    media_type = "text/event-stream"

    def __init__(self, answers: AsyncIterator[dict[str, Any] | None], headers: dict[str, str]) -> None:
        super().__init__(headers=headers | {"x-accel-buffering": "no"})
        del self.headers["content-length"]
        self._answers = answers

    @classmethod
    def of_one(cls, body: dict[str, Any], headers: dict[str, str]) -> "EventStream":
        async def one() -> AsyncIterator[dict[str, Any]]:
            yield body

        return cls(one(), headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Until the answers end, the client goes, or it does not take what is sent."""
        del scope
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        sending = asyncio.create_task(self._send_all(send))
        leaving = asyncio.create_task(_gone(receive))
        await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        for task in (sending, leaving):
            task.cancel()
        await asyncio.wait({sending, leaving})
        if not sending.cancelled() and (error := sending.exception()) is not None:
            raise error

    async def _send_all(self, send: Send) -> None:
        try:
            async with asyncio.timeout(None) as patience:

                async def put(chunk: bytes, *, more: bool = True) -> None:
                    patience.reschedule(asyncio.get_running_loop().time() + SENT_WITHIN)
                    await send({"type": "http.response.body", "body": chunk, "more_body": more})
                    patience.reschedule(None)

                await put(SIGN_OF_LIFE)  # so that the client knows at once that it is listening
                async for chunk in self._chunks():
                    await put(chunk)
                await put(COMPLETE, more=False)
        except TimeoutError:  # the client reads nothing: the connection is cut
            return
        except Stopped:  # without `complete`, so that the client subscribes again elsewhere
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _chunks(self) -> AsyncIterator[bytes]:
        async with aclosing(self._answers) as answers:  # type: ignore[type-var]  # each is a generator
            try:
                async for answer in answers:
                    yield SIGN_OF_LIFE if answer is None else _next(answer)
            except Ended as ended:
                yield _next({"errors": ended.errors})
            except Unauthenticated as error:
                yield _next({"errors": [request_error(error.found, ErrorCode.UNAUTHENTICATED)]})


def _next(body: dict[str, Any]) -> bytes:
    return b"event: next\ndata: " + orjson.dumps(body) + b"\n\n"


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
