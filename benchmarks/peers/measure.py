"""One cell of the table: a server under one kind of request over so many connections."""

import base64
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from peers.processes import memory, processor_seconds
from peers.servers import Running

LONGEST: Final = 30.0
"""Seconds."""
LOAD: Final = Path(__file__).with_name("load.py")


@dataclass(frozen=True, slots=True)
class Cell:
    """Of all repeats: medians, and for the processor time the lowest and the highest as well.

    `rate` requests per second; `p50`, `p99`, `cpu` and its bounds milliseconds per request; `memory` bytes of the
    server without its database.
    """

    rate: float
    p50: float
    p99: float
    cpu: float
    cpu_lowest: float
    cpu_highest: float
    memory: int


def taking_turns(
    servers: Sequence[Running], operation: str, *, connections: int, seconds: float, repeats: int
) -> dict[str, Cell]:
    """By server. Warms up first; leaves out servers for which so many requests at once would take minutes.

    Raises `RuntimeError` where an answer is not 200 or tells of an error.
    """
    found: dict[str, list[tuple[float, float, float, float]]] = {}
    asked = [one for one in servers if _in_time(one, operation, connections, seconds)]
    for _ in range(repeats):
        for one in asked:
            took = _once(one, one.requests(operation), connections, seconds)
            found.setdefault(one.server.name, []).append(took)
    return {one.server.name: _cell(found[one.server.name], memory(one.process)) for one in asked}


def _in_time(one: Running, operation: str, connections: int, seconds: float) -> bool:
    requests = one.requests(operation)
    alone = quantile(load(one, requests, 1, min(1.0, seconds))["latencies"], 0.5)
    if alone * connections > LONGEST:
        return False
    load(one, requests, connections, min(1.0, seconds))
    return True


def _cell(found: Sequence[tuple[float, float, float, float]], memory_held: int) -> Cell:
    rates, middles, tails, costs = zip(*found, strict=True)
    return Cell(
        statistics.median(rates),
        statistics.median(middles),
        statistics.median(tails),
        statistics.median(costs),
        min(costs),
        max(costs),
        memory_held,
    )


def _once(
    running: Running, requests: Sequence[bytes], connections: int, seconds: float
) -> tuple[float, float, float, float]:
    before = _processor(running)
    result = load(running, requests, connections, seconds)
    spent = _processor(running) - before
    latencies = result["latencies"]
    count = len(latencies)
    return (
        count / result["seconds"],
        1000 * quantile(latencies, 0.5),
        1000 * quantile(latencies, 0.99),
        1000 * spent / count,
    )


def quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def load(running: Running, requests: Sequence[bytes], connections: int, seconds: float) -> dict[str, Any]:
    with begun(running, requests, connections, seconds) as process:
        return finished(process)


def begun(running: Running, requests: Sequence[bytes], connections: int, seconds: float) -> "subprocess.Popen[str]":
    job = {
        "socket": ["127.0.0.1", running.port],
        "requests": [base64.b64encode(request).decode() for request in requests],
        "connections": connections,
        "seconds": seconds,
        "begin_at": int(time.monotonic() * 1000) % 997,  # repeats begin elsewhere
    }
    process = subprocess.Popen([sys.executable, str(LOAD)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if process.stdin is not None:
        process.stdin.write(json.dumps(job))
        process.stdin.close()
    return process


def finished(process: "subprocess.Popen[str]") -> dict[str, Any]:
    result: dict[str, Any] = json.loads("" if process.stdout is None else process.stdout.read())
    process.wait()
    if result["refused"]:
        raise RuntimeError(f"an answer was not what was asked for: {result['refused'][0]}")
    return result


def _processor(running: Running) -> float:
    database = running.server.database
    return processor_seconds(running.process) + (0 if database is None else processor_seconds(database))
