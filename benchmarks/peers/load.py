"""Sends requests over a number of connections for a while, in a process of its own.

    python load.py < job.json > result.json

The job has `socket` (host and port), `requests` (whole HTTP requests, base64), `connections` and `seconds`. Each
connection sends its next request when the answer to the one before is whole. The result has latencies in seconds and
answers that were not 200.
"""

import asyncio
import base64
import json
import sys
import time
from itertools import count
from typing import Any


async def main() -> None:
    job = json.load(sys.stdin)
    requests = [base64.b64decode(text) for text in job["requests"]]
    turn = count(job.get("begin_at", 0))
    latencies: list[float] = []
    refused: list[str] = []
    end = time.perf_counter() + job["seconds"]

    async def client() -> None:
        reader, writer = await asyncio.open_connection(*job["socket"], limit=2**24)
        while time.perf_counter() < end:
            request = requests[next(turn) % len(requests)]
            begun = time.perf_counter()
            writer.write(request)
            status, body = await answer(reader)
            latencies.append(time.perf_counter() - begun)
            if status != 200 or b'"errors"' in body[:200] or b'"errors"' in body[-200:]:
                refused.append(f"{status} {body[:300]!r}")
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(job["connections"])))
    result: dict[str, Any] = {"seconds": time.perf_counter() - begun, "latencies": latencies, "refused": refused[:3]}
    json.dump(result, sys.stdout)


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    status = int(head[9:12])
    at = lower.find(b"content-length:")
    if at >= 0:
        return status, await reader.readexactly(int(lower[at + 15 : lower.index(b"\r", at)]))
    body = b""
    while size := int(await reader.readline(), 16):  # chunked
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)
    return status, body


if __name__ == "__main__":
    asyncio.run(main())
