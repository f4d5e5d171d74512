"""`/uploads` over HTTP: a file for an import, streamed to disk; and the rows that a plan rejected."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import BinaryIO, Final

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response

from appraise.api.downloads import HEADERS, refusal
from appraise.api.errors import ErrorCode, request_error
from appraise.api.global_ids import Kind, key_of, to_global
from appraise.api.reception import Reception
from appraise.api.turns import Crowded, Overloaded
from appraise.domain.access import Principal
from appraise.domain.identifiers import JobId
from appraise.domain.imports import Upload
from appraise.errors import AppraiseError, InvalidInput
from appraise.use_cases.deployment import Deployment
from appraise.use_cases.files import new_file
from appraise.use_cases.rejected_rows import rejected_rows
from appraise.use_cases.take_upload import LARGEST, check_upload, take_upload

LOG = structlog.get_logger("appraise.jobs")
BUFFER: Final = 1 << 20
"""Bytes; written together, by a thread, so that no request waits for the disk."""


@dataclass(frozen=True, slots=True)
class Uploads:
    deployment: Deployment
    clock: Callable[[], datetime]
    reception: Reception

    async def take(self, request: Request) -> Response:
        at = self.clock()
        try:
            principal, name = await self.reception.in_turn(request, partial(self._checked, request, at))
            with new_file(self.deployment, "upload") as (part, file):
                await _received(request, file)
            upload = await run_in_threadpool(partial(take_upload, self.deployment, principal, part, name, at=at))
        except ClientDisconnect:
            return Response(status_code=400)
        except (AppraiseError, Crowded, Overloaded) as error:
            return refusal(error, invalid=422)
        except OSError as error:
            LOG.exception("an upload could not be kept")
            told = request_error(f"the file cannot be kept: {error.strerror}", ErrorCode.UNAVAILABLE)
            return JSONResponse({"errors": [told]}, 507, HEADERS)
        return JSONResponse(_told(upload), 201, HEADERS)

    async def rejected(self, request: Request) -> Response:
        try:
            path, name = await self.reception.in_turn(request, partial(self._rejected, request))
        except (AppraiseError, Crowded, Overloaded) as error:
            return refusal(error)
        return FileResponse(path, headers=HEADERS, media_type="text/csv; charset=utf-8", filename=name)

    def _checked(self, request: Request, at: datetime) -> tuple[Principal, str]:
        principal = self.reception.doorkeeper.by_request(request, at=at)
        if request.headers.get("content-encoding", "identity") != "identity":
            raise InvalidInput("the body is encoded", expected="the file as it is; name.csv.gz for a packed one")
        return principal, check_upload(self.deployment, principal, request.query_params.get("name", ""))

    def _rejected(self, request: Request) -> tuple[str, str]:
        at = self.clock()
        principal = self.reception.doorkeeper.by_request(request, at=at)
        key = JobId(key_of(request.path_params["key"], Kind.IMPORT))
        path, name = rejected_rows(self.deployment, principal, key, at=at)
        return str(path), name


async def _received(request: Request, file: BinaryIO) -> None:
    """Raises `InvalidInput` where there is more than may be."""
    size, held = 0, bytearray()
    async for block in request.stream():
        size += len(block)
        if size > LARGEST:
            raise InvalidInput(f"the file has more than {LARGEST:,} bytes", hint="send it in parts, or packed")
        held += block
        if len(held) >= BUFFER:
            await run_in_threadpool(file.write, bytes(held))
            held.clear()
    await run_in_threadpool(_written, file, bytes(held))


def _written(file: BinaryIO, rest: bytes) -> None:
    """On the disk by then, so that closing the file takes no time."""
    file.write(rest)
    file.flush()
    os.fsync(file.fileno())


def _told(upload: Upload) -> dict[str, str | int]:
    return {
        "id": to_global(Kind.UPLOAD, upload.id),
        "name": upload.name,
        "bytes": upload.bytes,
        "sha256": upload.sha256,
        "expiresAt": upload.expires_at.isoformat().replace("+00:00", "Z"),
    }
