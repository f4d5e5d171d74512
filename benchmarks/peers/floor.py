"""The floor: a route of Starlette's that answers every request with the same bytes, and reads nothing.

    uvicorn peers.floor:app

`FLOOR_BYTES` is the file with the bytes.
"""

import os
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

BODY = Path(os.environ["FLOOR_BYTES"]).read_bytes()


async def answer(request: Request) -> Response:
    await request.body()
    return Response(BODY, media_type="application/json")


app = Starlette(routes=[Route("/graphql", answer, methods=["POST"])])
